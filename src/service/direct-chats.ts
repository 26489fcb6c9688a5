import type { RoomId, UserId } from "../incident/ids.ts";
import { directChatsWith, findPlace, notePlace } from "../journal/known-rooms.ts";
import { text } from "../matrix/event.ts";
import { leaving, leavingOldest } from "../words/places.ts";
import { enterRoom, leaveRoom } from "./door.ts";
import type { Service } from "./service.ts";

/** So many direct chats are kept with one person, the newest. */
const mostKept = 5;

/** Accepts an invitation to a direct chat. */
export async function enterDirectChat(service: Service, room: RoomId, user: UserId): Promise<void> {
  if ((await enterRoom(service, room)) === undefined) return;
  if (!(await isForTwo(service, room, user))) return leaveRoom(service, room, leaving.notForTwo);
  // Several invitations of one person are handled at the same time.
  await service.locks.hold(user, async () => {
    await notePlace(service.db, room, { kind: "direct", user }, service.now());
    const older = (await directChatsWith(service.db, user)).slice(mostKept);
    for (const each of older) await leaveRoom(service, each, leavingOldest(mostKept));
  });
}

/** Somebody's membership has changed in a room, which may be a direct chat. */
export async function watchDirectChat(
  service: Service,
  room: RoomId,
  user: UserId,
  membership: string | undefined,
): Promise<void> {
  const place = await findPlace(service.db, room);
  if (place?.kind !== "direct") return;
  if (place.user !== user && isComing(membership)) return leaveRoom(service, room, leaving.notForTwo);
  if (place.user === user && !isComing(membership)) return leaveRoom(service, room, leaving.youLeft);
}

async function isForTwo(service: Service, room: RoomId, user: UserId): Promise<boolean> {
  const state = await service.homeserver.readState(room);
  return state.every(
    ({ type, state_key, content }) =>
      type !== "m.room.member" ||
      state_key === user ||
      state_key === service.bot ||
      !isComing(text(content, "membership")),
  );
}

/** Whether somebody is there, or may come in at any moment. */
function isComing(membership: string | undefined): boolean {
  return membership === "join" || membership === "invite";
}
