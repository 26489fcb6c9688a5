import type { RoomId, UserId } from "../matrix/ids.ts";
import type { Person } from "./person.ts";

/** Opens a direct chat with the bot and waits until the bot is in it. */
export async function openDirectChat(person: Person, bot: UserId): Promise<RoomId> {
  const chat = await person.directChatWith(bot);
  await person.waitFor(
    ({ type, state_key, content }) =>
      type === "m.room.member" && state_key === bot && content.membership === "join",
    { what: "Cordon in the direct chat", room: chat },
  );
  return chat;
}
