import type { RoomId, UserId } from "../incident/ids.ts";
import { aliasOf } from "../journal/installation.ts";
import { directChatsWith, findPlace, notePlace } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { text } from "../matrix/event.ts";
import { leaving, leavingOldest } from "../words/places.ts";
import { createOrFind, enterRoom, leaveRoom } from "./door.ts";
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

/**
 * The direct chat with somebody, for what is told to them alone. Where there is none they are invited to one:
 * its alias is derived from the message it is made for, so that a second attempt finds the first, and a chat
 * that they have left is not found again.
 *
 * @param message the message's name in the outbox
 */
export async function directChatFor(service: Service, message: string, user: UserId): Promise<RoomId> {
  return service.locks.hold(user, async () => {
    const [newest] = await directChatsWith(service.db, user);
    return newest ?? openDirectChat(service, message, user);
  });
}

async function openDirectChat(service: Service, message: string, user: UserId): Promise<RoomId> {
  const { db, homeserver, rules, aliasKey } = service;
  const alias = aliasOf(aliasKey, `direct/${message}`);
  const { room } = await createOrFind(service, alias, {
    preset: "private_chat",
    visibility: "private",
    is_direct: true,
    room_alias_name: alias,
    room_version: rules.roomVersion,
    creation_content: { "m.federate": rules.federate },
    power_level_content_override: { invite: 100 },
  });
  await notePlace(db, room, { kind: "direct", user }, service.now());
  await homeserver.invite(room, user).catch((error: unknown) => {
    // They are in it already, or cannot be invited: then what is told waits there for them.
    if (!(error instanceof HomeserverError) || error.retryable) throw error;
  });
  return room;
}
