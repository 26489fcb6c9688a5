import type { RoomId, UserId } from "../incident/ids.ts";
import { forgetPlace, type KnownState } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { object, text } from "../matrix/event.ts";
import { incidentKey } from "../room/plan.ts";
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

/**
 * Makes a room, or finds the one that an earlier attempt made under the same alias.
 *
 * An alias alone proves nothing. A homeserver that dies while it makes a room can leave one that leads to a room with
 * nobody in it, which cannot be entered any more. The registration claims the aliases for us alone, but whoever
 * administers the homeserver, or wrote `exclusive: false` into the registration, can still give one away. So the room
 * has to be made by the bot, and for the same incident, which only the create event can say (it never changes). From
 * any other the alias is taken back.
 *
 * @returns with its state where it was found
 */
export async function createOrFind(
  service: Service,
  alias: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ readonly room: RoomId; readonly state?: readonly KnownState[] }> {
  try {
    return { room: await service.homeserver.createRoom(body) };
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.errcode !== "M_ROOM_IN_USE") throw error;
    const name = fullAlias(service, alias);
    const room = await service.homeserver.resolveAlias(name);
    if (room === undefined) throw error;
    const state = await presentState(service, room).catch(nothingWhereForbidden);
    const mark = object(body, "creation_content")?.[incidentKey];
    if (isMadeBy(service.bot, mark, state)) return { room, state };
    service.log.warn(
      { alias: name, room },
      "a room of ours was not made, or not by us: its alias is taken back",
    );
    await service.homeserver.removeAlias(name);
    return { room: await service.homeserver.createRoom(body) };
  }
}

/** Into a room that is not ours, or that is none, we may not look. */
function nothingWhereForbidden(error: unknown): readonly KnownState[] {
  if (error instanceof HomeserverError && ["M_FORBIDDEN", "M_NOT_FOUND"].includes(error.errcode ?? ""))
    return [];
  throw error;
}

function isMadeBy(bot: UserId, mark: unknown, state: readonly KnownState[]): boolean {
  const created = state.find(({ type }) => type === "m.room.create");
  return created !== undefined && created.sender === bot && created.content[incidentKey] === mark;
}

/** A room's state as the homeserver has it now. */
export async function presentState(service: Service, room: RoomId): Promise<readonly KnownState[]> {
  const events = await service.homeserver.readState(room);
  return events.map(({ type, state_key: stateKey = "", content, sender }) => ({
    type,
    stateKey,
    content,
    sender,
  }));
}
