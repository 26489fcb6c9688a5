import {
  doubtAll,
  followRooms,
  type History,
  type Kind,
  kinds,
  nextDue,
  noteRefused,
  putOff,
} from "../journal/histories.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { giveUpRoom } from "./configured-rooms.ts";
import { type ReadingOptions, repairGap } from "./gap-repair.ts";
import type { Next } from "./pump.ts";
import type { Service } from "./service.ts";
import { repairState } from "./state-repair.ts";

/** How often the history of each room is read, in milliseconds. */
const everyMs: Readonly<Record<Kind, number>> = { incident: 60_000, place: 5 * 60_000 };
/**
 * Between one room and the next, in milliseconds: a thousand incidents are through in about four minutes, and
 * the homeserver, which answers within a few milliseconds, hardly feels it.
 */
const paced: Next = { inMs: 250 };
/** For how long rooms are read before anything else, in milliseconds. */
const aheadMs = 1_000;
/** How long until a room is read once more where something was missing, or went wrong, in milliseconds. */
const againMs = 5_000;
/** How often to see whether there are rooms to be read, in milliseconds. */
const idleMs = 2_000;

/** Has the history of every room read, one after the other, whenever the homeserver may have lost something. */
export async function readAll(service: Service): Promise<void> {
  await doubtAll(service.db, service.now());
  service.bells.histories();
}

/**
 * The same, before the homeserver is told to go on: as many rooms as can be read within a moment, incidents
 * first. A history has its events in their order; what a homeserver brings after it was away may have not.
 *
 * @param options.inOrder where nobody handles what waits yet: puts into that order what was brought already
 */
export async function readAhead(service: Service, options: Pick<ReadingOptions, "inOrder">): Promise<void> {
  await followRooms(service.db, service.now());
  await doubtAll(service.db, service.now());
  const end = performance.now() + aheadMs;
  for (const kind of kinds) {
    while (performance.now() < end && (await readNext(service, kind, options)) === paced);
  }
}

/** Reads the history of the room of a kind whose turn it is, for what the homeserver never brought. */
export async function readNext(
  service: Service,
  kind: Kind,
  options: Pick<ReadingOptions, "inOrder"> = {},
): Promise<Next> {
  const history = await nextDue(service.db, kind, service.now(), everyMs[kind]);
  if (history === undefined) {
    await followRooms(service.db, service.now());
    return { inMs: idleMs };
  }
  try {
    const found = await repairGap(service, history.room, options);
    // Where other servers are in the room, too, its state may change without any event at any time.
    const isDoubted = history.doubtful || service.rules.federate;
    const doubtful = found > 0 || (isDoubted && !(await repairState(service, history.room)));
    const inMs = doubtful ? againMs : everyMs[kind];
    await putOff(service.db, history, { dueAt: service.now() + inMs, doubtful });
    return paced;
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    return giveWay(service, history, error);
  }
}

/** The homeserver does not give a room's history: not now, or, where the bot is not let in, not at all. */
async function giveWay(service: Service, history: History, error: HomeserverError): Promise<Next> {
  const { db, log } = service;
  const { room, kind } = history;
  if (error.kind === "limited") return { inMs: error.retryAfterMs ?? againMs };
  if (error.status === 403 || error.status === 404) {
    log.warn({ room, kind: error.name }, `${error.message} What was said there and never came is not found.`);
    await noteRefused(db, room, error.message);
    if (kind === "place") await giveUpRoom(service, room);
    return paced;
  }
  log.debug({ err: error, room }, "a room's history could not be read and is read later");
  await putOff(db, history, { dueAt: service.now() + againMs, doubtful: true });
  return { inMs: againMs };
}
