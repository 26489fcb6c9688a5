/** A message as the homeserver brings it. */
export const message = {
  event_id: "$one",
  room_id: "!room",
  sender: "@alice:bank.example",
  type: "m.room.message",
  origin_server_ts: 1_780_000_000_000,
  content: { body: "hello", msgtype: "m.text" },
};
