import type { RoomId } from "../incident/ids.ts";
import { forgetPlace } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { text } from "../matrix/event.ts";
import { fullAlias, type RoomName, type Service } from "./service.ts";

/** Enters a room that is no incident's; `undefined` where the homeserver refuses that for good. */
export async function enterRoom({ homeserver, log }: Service, name: RoomName): Promise<RoomId | undefined> {
  return homeserver.join(name).catch((error: unknown) => {
    log.warn({ err: refusal(error), room: name }, "a room could not be joined; invite the bot there");
    return undefined;
  });
}

/** Leaves a room that is no incident's, or its invitation. The reason stands in the room for all to see. */
export async function leaveRoom(service: Service, room: RoomId, reason: string): Promise<void> {
  await service.homeserver.leave(room, reason).catch((error: unknown) => {
    service.log.warn({ err: refusal(error) }, "a room could not be left");
  });
  await forgetPlace(service.db, room);
}

/** Whether the bot is in a room now, whatever an event from before says. */
export async function isInside({ homeserver, bot }: Service, room: RoomId): Promise<boolean> {
  const member = await homeserver.readStateEvent(room, "m.room.member", bot).catch((error: unknown) => {
    refusal(error);
    return undefined;
  });
  return text(member, "membership") === "join";
}

/** What the homeserver refuses for good. Everything else is thrown, and tried again. */
function refusal(error: unknown): HomeserverError {
  if (!(error instanceof HomeserverError) || error.retryable) throw error;
  return error;
}

/** Makes a room, or finds the one that an earlier attempt made: its alias is taken, and only by us. */
export async function createOrFind(
  service: Service,
  alias: string,
  body: Readonly<Record<string, unknown>>,
): Promise<RoomId> {
  try {
    return await service.homeserver.createRoom(body);
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.errcode !== "M_ROOM_IN_USE") throw error;
    const room = await service.homeserver.resolveAlias(fullAlias(service, alias));
    if (room === undefined) throw error;
    return room;
  }
}
