import { isForUs } from "../chat/parse.ts";
import { typedIn } from "../chat/typed.ts";
import { type IncidentId, parseIncidentId, type RoomId } from "../incident/ids.ts";
import { type Incident, isReadAgain } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import { failuresAllowed, markFailed, markHandled } from "../journal/inbox.ts";
import { incidentOfRoom, loadIncident, openIncidents } from "../journal/incidents.ts";
import { findPlace } from "../journal/known-rooms.ts";
import {
  claimMessages,
  firstDue,
  lastSentAt,
  noteSent,
  sentUnder,
  waitingEvent,
  waitingEvents,
} from "../journal/restored.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { decodeEvent, isMalformed, type RoomEvent, text } from "../matrix/event.ts";
import { isRoomId } from "../matrix/ids.ts";
import { incidentKey } from "../room/plan.ts";
import type { InboxRow, OutboxRow } from "../store/schema.ts";
import { isDatabaseTrouble } from "../store/trouble.ts";
import { changeIncident } from "./change.ts";
import { presentState } from "./door.ts";
import { repairGap } from "./gap-repair.ts";
import { handleRow } from "./inbox-worker.ts";
import { takeOverArchive } from "./restored-archive.ts";
import type { Strangers } from "./restored-rooms.ts";
import { noteIfBehind } from "./restored-witness.ts";
import { type Bells, messageKey, momentOf, type Service, sealKey, sealType } from "./service.ts";
import { bringTimer } from "./timekeeper.ts";

/** An event that waits, and when it came: never before one that stands before it in its room. */
interface Waiting {
  readonly seq: number;
  readonly at: number;
}

const silent: Bells = {
  inbox() {},
  outbox() {},
  incident() {},
  archive() {},
  attachments() {},
  timers() {},
  histories() {},
};

/**
 * Reads again what was said since the state that the database is in: everything to which the service that is
 * lost had given its ✅ or an answer is done again as of that time, timers included, and nothing is said.
 * Commands that it had not come to are left to wait, as always after an outage.
 *
 * @returns the incidents that were found whole without the journal having known of them
 */
export async function readAgain(service: Service, strangers: Strangers): Promise<readonly IncidentId[]> {
  await fetchAll(service, strangers);
  const waiting = await inTime(service);
  const until = await lastSentAt(service.db);
  const adopted: IncidentId[] = [];
  // Opened again when this was begun before, and interrupted.
  for (const id of strangers.incidents.keys()) {
    if (await adopt(service, id, strangers)) adopted.push(id);
  }
  for (const { seq, at } of waiting) {
    if (at > until) break;
    await runTimers(service, at);
    const row = await waitingEvent(service.db, seq);
    const opened = row === undefined ? undefined : await readOne(service, row, at);
    if (opened !== undefined && (await adopt(service, opened, strangers))) adopted.push(opened);
  }
  await runTimers(service, until);
  return adopted;
}

/** Puts what is missing of every room into the inbox, and what the bot said of it into the outbox. */
async function fetchAll(service: Service, strangers: Strangers): Promise<void> {
  for (const room of [...(await rooms(service)), ...strangers.incidents.values(), ...strangers.others]) {
    try {
      await repairGap(service, room, { inOrder: true });
    } catch (error) {
      if (!(error instanceof HomeserverError) || error.retryable) throw error;
      service.log.warn({ err: error, room }, "a room could not be read again");
    }
  }
  for await (const row of waitingEvents(service.db)) {
    const event = readRow(row);
    const key = text(event?.content, messageKey);
    if (event === undefined || event.sender !== service.bot || key === undefined) continue;
    await noteSent(service.db, {
      key,
      room_id: event.room_id,
      type: event.type,
      content: JSON.stringify(event.content),
      eventId: event.event_id,
      at: event.origin_server_ts,
    });
  }
}

/** The rooms in which something may have been said: those of open incidents, and where commands can be typed. */
async function rooms({ db }: Service): Promise<readonly RoomId[]> {
  const open = await db
    .selectFrom("incident")
    .select("room_id")
    .where("state", "!=", "archived")
    .where("room_id", "is not", null)
    .union(db.selectFrom("place").select("room_id"))
    .execute();
  return open.flatMap(({ room_id: room }) => (isRoomId(room) ? [room] : []));
}

/** Everything that waits, in the order of time. */
async function inTime({ db }: Service): Promise<readonly Waiting[]> {
  const reached = new Map<string, number>();
  const waiting: Waiting[] = [];
  for await (const row of waitingEvents(db)) {
    const room = row.room_id ?? "";
    const at = Math.max(readRow(row)?.origin_server_ts ?? 0, reached.get(room) ?? 0);
    reached.set(room, at);
    waiting.push({ seq: row.seq, at });
  }
  return waiting.sort((a, b) => a.at - b.at || a.seq - b.seq);
}

/** Lets the timers of what is read again run up to a moment, each as of when it was due. */
async function runTimers(service: Service, until: number): Promise<void> {
  const restored: IncidentId[] = [];
  for (const id of await openIncidents(service.db)) {
    const incident = (await loadIncident(service.db, id))?.incident;
    if (incident !== undefined && isReadAgain(incident)) restored.push(id);
  }
  for (;;) {
    const timer = await firstDue(service.db, restored, until);
    if (timer === undefined) return;
    await bringTimer(asOf(service, timer.dueAt), timer);
  }
}

/**
 * Handles one event as it was handled before.
 *
 * @returns the incident that it opened
 */
async function readOne(service: Service, row: InboxRow, at: number): Promise<IncidentId | undefined> {
  const event = readRow(row);
  if (event === undefined) return undefined;
  const here = await incidentOfRoom(service.db, event.room_id);
  if (event.sender === service.bot && event.type !== "m.room.member") {
    await hearOurselves(service, event, row.seq, here?.incident);
    // Last, so that what died before is heard again.
    await service.db
      .transaction()
      .execute((change) => markHandled(change, row.seq, service.now(), { forget: here === undefined }));
    return undefined;
  }
  const answer = await answerTo(service, event);
  if (answer === undefined && (await isTyped(service, event))) return undefined;
  const opens = parseIncidentId(
    text(answer === undefined ? undefined : JSON.parse(answer.content), incidentKey) ?? "",
  );
  try {
    // What was asked about because it came late is asked about again: it is handled as of when it was answered.
    await handleRow(asOf(service, Math.max(at, answer?.sent_at ?? at), opens), event.room_id, row);
  } catch (error) {
    if (error instanceof HomeserverError && error.retryable) throw error;
    if (isDatabaseTrouble(error)) throw error;
    service.log.error({ err: error, event: event.event_id }, "an event could not be read again");
    await markFailed(service.db, { ...row, failures: failuresAllowed }, "it could not be read again");
  }
  return opens;
}

/** What the bot said and wrote is not news; but the seal and the archive are what the journal has to know of. */
async function hearOurselves(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: Incident | undefined,
): Promise<void> {
  if (here === undefined || !isReadAgain(here)) return;
  const { id } = here;
  const key = text(event.content, messageKey);
  const then = asOf(service, event.origin_server_ts);
  if (event.type === sealType && key === sealKey(id)) {
    const { origin_server_ts: eventAt } = event;
    const occasion = { cause: "room/sealed", actor: "cordon", eventAt, inbox } as const;
    await changeIncident(then, id, occasion, (stored) => ({
      facts:
        stored === undefined
          ? []
          : observe(stored.incident, { type: "sealed", event: event.event_id }, momentOf(then)),
    }));
  }
  if (key?.endsWith("/archived") === true) await takeOverArchive(then, id, { event, inbox });
}

/** The newest thing that was said in answer to an event: proof that it had been handled. */
async function answerTo({ db }: Service, { event_id }: RoomEvent): Promise<OutboxRow | undefined> {
  const said = await sentUnder(
    db,
    ["✅", "answer", "catchup"].map((what) => `${event_id}/${what}`),
  );
  return said.find(({ content }) => content.includes(incidentKey)) ?? said[0];
}

/** Whether it is something that the bot answers, one way or another. */
async function isTyped(service: Service, event: RoomEvent): Promise<boolean> {
  if (event.type !== "m.room.message") return false;
  const typed = typedIn(event.content);
  if (typed === undefined) return false;
  return (
    isForUs(typed, service.rules.prefixes) || (await findPlace(service.db, event.room_id))?.kind === "direct"
  );
}

/** Gives an incident that was opened again the room that it had. */
async function adopt(service: Service, id: IncidentId, { incidents }: Strangers): Promise<boolean> {
  const room = incidents.get(id);
  const stored = await loadIncident(service.db, id);
  if (room === undefined || stored === undefined || stored.incident.room !== undefined) return false;
  const state = await presentState(service, room);
  const created = state.find(({ type }) => type === "m.room.create");
  const version = text(created?.content, "room_version") ?? "1";
  const then = asOf(service, stored.incident.declaredAt);
  const seen = { type: "room-created", room, version, encrypted: false } as const;
  const occasion = { cause: "room/created", actor: "cordon", eventAt: then.now(), state } as const;
  await claimMessages(service.db, id, room);
  // Before the room is known: after an interruption it is by this that reading goes on.
  await noteIfBehind(service, stored.incident, room, { whole: true });
  await changeIncident(then, id, occasion, (current) => ({
    facts: current === undefined ? [] : observe(current.incident, seen, momentOf(then)),
  }));
  return true;
}

/** The service as it was then: it goes by that time, and says nothing. */
function asOf(service: Service, at: number, opens?: IncidentId): Service {
  return {
    ...service,
    bells: silent,
    now: () => at,
    replay: { now: service.now, ...(opens === undefined ? {} : { opens }) },
  };
}

function readRow(row: InboxRow): RoomEvent | undefined {
  if (row.json === "") return undefined;
  const event = decodeEvent(JSON.parse(row.json));
  return isMalformed(event) ? undefined : event;
}
