import type { Incident } from "../../incident/incident.ts";
import { isReadAgain } from "../../incident/incident.ts";
import { contestedMs } from "../../incident/policy.ts";
import { FoldUnreadable } from "../../journal/fold.ts";
import { incidentOfRoom, loadIncident, openIncidents } from "../../journal/incidents.ts";
import { knownState } from "../../journal/known-rooms.ts";
import { failingRooms, lateRooms } from "../../journal/queues.ts";
import { isHeld } from "../../room/closed.ts";
import type { Queries } from "../../store/store.ts";
import { counted, doubtful, type Finding, longWaitMs, mostNamed, well } from "./finding.ts";

/** Names every room in which something is held back, a line each: what, why, and what helps. */
export async function checkHeldRooms(db: Queries, now: number): Promise<Finding> {
  const lines: string[] = [];
  for (const id of await openIncidents(db)) {
    const incident = await orUnreadable(async () => (await loadIncident(db, id))?.incident);
    if (incident !== undefined) lines.push(...(await heldOf(db, incident, now)));
  }
  lines.push(...(await eventsHeld(db, now)), ...(await messagesHeld(db)));
  if (lines.length === 0) return well("held rooms", "none");
  const more = lines.length - mostNamed;
  return doubtful(
    "held rooms",
    `held back: ${counted(lines.length, "thing")}`,
    ...lines.slice(0, mostNamed),
    ...(more > 0 ? [`and ${more} more`] : []),
  );
}

/** What of an incident is held back. */
async function heldOf(db: Queries, incident: Incident, now: number): Promise<readonly string[]> {
  const { id, room, declaredAt } = incident;
  if (room === undefined) {
    if (now - declaredAt < longWaitMs) return [];
    return [
      `${id}: it has no room since ${time(declaredAt)}: the homeserver has not made it; see that the service runs, and what its log says`,
    ];
  }
  const name = `${id} (${room.id})`;
  if (room.unusable !== undefined) {
    return [
      `${name}: everything, since the homeserver has encrypted the room: mend that (see encryption), and declare the incident anew`,
    ];
  }
  if (isReadAgain(incident)) {
    return [
      `${name}: everything, until the room has been read again after a restore: see that the service runs and the homeserver answers`,
    ];
  }
  if (isHeld(incident, await knownState(db, room.id))) {
    return [
      `${name}: what is to be written into the room and who is to be invited, since it was found closed after a restore and nobody knows why: its commander types over, after which it can be reopened`,
    ];
  }
  return Object.entries(incident.contested).map(([what, since]) => {
    const until = time(since + contestedMs(what));
    return `${name}: the ${what}, which somebody keeps changing back: see who in the room; looked after again from ${until} on`;
  });
}

async function eventsHeld(db: Queries, now: number): Promise<readonly string[]> {
  const rooms = await lateRooms(db, now - longWaitMs, mostNamed);
  return Promise.all(
    rooms.map(async ({ room, events, oldest, failures }) => {
      const why =
        failures > 0
          ? `handling the first has failed (${counted(failures, "time")})`
          : "nothing has come to them";
      const cure = "see that the service runs and the homeserver answers, and what its log says";
      return `${await nameOf(db, room)}: ${counted(events, "event")} since ${time(oldest)}: ${why}; ${cure}`;
    }),
  );
}

async function messagesHeld(db: Queries): Promise<readonly string[]> {
  const rooms = await failingRooms(db, mostNamed);
  return Promise.all(
    rooms.map(async ({ room, messages, failures, next }) => {
      const why = `sending the first has failed (${counted(failures, "time")})`;
      return `${await nameOf(db, room)}: ${counted(messages, "message")}: ${why}; tried again at ${time(next)}, or once the homeserver is back`;
    }),
  );
}

async function nameOf(db: Queries, room: string): Promise<string> {
  const here = room.startsWith("!")
    ? await orUnreadable(() => incidentOfRoom(db, room as `!${string}`))
    : undefined;
  return here === undefined ? room : `${here.incident.id} (${room})`;
}

/** What cannot be read is named by the check of the journals. */
async function orUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FoldUnreadable) return undefined;
    throw error;
  }
}

function time(at: number): string {
  return new Date(at).toISOString();
}
