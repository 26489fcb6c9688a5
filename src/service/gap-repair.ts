import type { RoomId } from "../incident/ids.ts";
import { countFetched, type History, historyOf, noteReached } from "../journal/histories.ts";
import { type Arrival, isKnown, keep, lastWaiting, putInOrder } from "../journal/inbox.ts";
import { installation } from "../journal/installation.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { decodeEvent, isMalformed, text } from "../matrix/event.ts";
import { type EventId, isEventId } from "../matrix/ids.ts";
import type { EventReader, StateReader } from "../matrix/ports.ts";
import { overtakenAmong } from "./overtaken.ts";
import type { Bells, Service } from "./service.ts";

/** What reading a room's history needs. */
export interface Reading extends Pick<Service, "db" | "bot" | "log" | "now"> {
  readonly homeserver: Pick<EventReader, "readMessages" | "placeAfter"> & Pick<StateReader, "readState">;
  readonly bells: Pick<Bells, "inbox">;
}

export interface ReadingOptions {
  /** Reads the room from its beginning, whatever was read before. */
  readonly whole?: boolean;
  /** Reads what came after this event; nothing where the homeserver does not have it. */
  readonly after?: EventId;
  /**
   * Puts what waits into the order of the room too. The homeserver may bring the newest before what came sooner is
   * fetched. Only while nobody handles what waits.
   */
  readonly inOrder?: boolean;
}

/** How many events are read at a time: of a quiet room there are none. */
const pageSize = 500;

/**
 * Fetches what the homeserver has of a room and never brought, since a transaction that it loses is lost for
 * good: reads on from where nothing was missing the last time, and puts what is unknown into the inbox, in the
 * order of the room. How far it came is kept page by page.
 *
 * @returns how many events were missing
 */
export async function repairGap(
  service: Reading,
  room: RoomId,
  { whole = false, after, inOrder = false }: ReadingOptions = {},
): Promise<number> {
  if (whole) return readOn(service, room, undefined, undefined, inOrder);
  if (after !== undefined) {
    const place = await service.homeserver.placeAfter(room, after);
    return place === undefined ? 0 : readOn(service, room, place, undefined, inOrder);
  }
  const history = await historyOf(service.db, room);
  const beginning = () => (history?.kind === "place" ? arrivalOfBot(service, room) : undefined);
  try {
    return await readOn(service, room, history?.beginAt ?? (await beginning()), history, inOrder);
  } catch (error) {
    if (history?.beginAt === undefined || !isUnknownPlace(error)) throw error;
    // A homeserver that was set up anew, or brought back from a backup, may not know its old places.
    return readOn(service, room, await beginning(), { ...history, reached: undefined }, inOrder);
  }
}

/**
 * Where the history of a room that is not ours begins to concern us: with the invitation of the bot, since people
 * write before it is answered, and otherwise when the bot came in.
 */
async function arrivalOfBot({ homeserver, bot }: Reading, room: RoomId): Promise<string | undefined> {
  const state = await homeserver.readState(room);
  const join = state.find(({ type, state_key }) => type === "m.room.member" && state_key === bot);
  const invitation = text(join?.unsigned, "replaces_state");
  const after = isEventId(invitation) ? await homeserver.placeAfter(room, invitation) : undefined;
  return after ?? (join && homeserver.placeAfter(room, join.event_id));
}

function isUnknownPlace(error: unknown): boolean {
  return error instanceof HomeserverError && error.kind === "refused" && error.status === 400;
}

async function readOn(
  service: Reading,
  room: RoomId,
  from: string | undefined,
  history: History | undefined,
  inOrder: boolean,
): Promise<number> {
  const { db, homeserver } = service;
  const read = new Set<string | undefined>();
  const order: string[] = [];
  const before = inOrder ? await lastWaiting(db, room) : 0;
  let found = 0;
  let place = from;
  // The newest events are read twice: one that took long to be sent stands before some that were there sooner.
  let beginAt = history?.reached ?? from;
  while (!read.has(place)) {
    read.add(place);
    const { events, end } = await homeserver.readMessages(room, {
      dir: "f",
      limit: pageSize,
      format: "client",
      ...(place === undefined ? {} : { from: place }),
    });
    found += await keepMissing(service, room, events, history);
    if (inOrder) order.push(...events.map((event) => text(event, "event_id") ?? ""));
    if (end === undefined) break;
    if (history !== undefined) await noteReached(db, room, { beginAt: beginAt ?? end, reached: end });
    place = end;
    beginAt = end;
  }
  if (inOrder) await putInOrder(db, room, order, before);
  if (found > 0) service.log.warn({ room, events: found }, "events were missing and have been fetched");
  return found;
}

/** Keeps the events of a page that never came, and says how many they were. */
async function keepMissing(
  service: Reading,
  room: RoomId,
  page: readonly unknown[],
  history: History | undefined,
): Promise<number> {
  const { db } = service;
  const known = await isKnown(db, page.map((event) => text(event, "event_id") ?? "").filter(isEventId));
  const isPlace = history?.kind === "place";
  const since = isPlace ? (await installation(db, service.now())).createdAt : 0;
  const missing = page.flatMap((json) => {
    const event = decodeEvent(json);
    if (event.event_id === undefined || known.has(event.event_id)) return [];
    // What was said before there was this Cordon was not said to it.
    if (!isMalformed(event) && event.origin_server_ts < since) return [];
    return [{ event, json: JSON.stringify(json) }];
  });
  if (missing.length === 0) return 0;
  const events = missing.flatMap(({ event }) => (isMalformed(event) ? [] : [event]));
  const overtaken = await overtakenAmong(service, room, events);
  const arrivals = missing.map(({ event, json }): Arrival => {
    if (isMalformed(event))
      return { eventId: event.event_id, roomId: undefined, json, malformed: event.malformed };
    const arrival = { eventId: event.event_id, roomId: room, json };
    if (!overtaken.has(event)) return arrival;
    return { ...arrival, overtaken: true, ...(isPlace ? { json: "" } : {}) };
  });
  await keep(db, arrivals, service.now());
  await countFetched(db, arrivals.length, service.now());
  service.bells.inbox(room);
  return arrivals.length;
}
