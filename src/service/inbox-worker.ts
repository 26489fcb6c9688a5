import { randomBytes } from "node:crypto";
import { isForUs } from "../chat/parse.ts";
import { typedIn } from "../chat/typed.ts";
import { crashPoint } from "../crash/point.ts";
import { parseIncidentId, type RoomId } from "../incident/ids.ts";
import { noteHeard } from "../journal/heard.ts";
import { markFailed, markHandled, nextInRoom } from "../journal/inbox.ts";
import { incidentOfRoom, loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { findPlace, type Place } from "../journal/known-rooms.ts";
import { put } from "../journal/outbox.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { decodeEvent, isMalformed, type RoomEvent, text } from "../matrix/event.ts";
import { incidentKey } from "../room/plan.ts";
import type { InboxRow } from "../store/schema.ts";
import { isDatabaseTrouble } from "../store/trouble.ts";
import { burst } from "./answer.ts";
import { wantFiles } from "./attachments.ts";
import { handleMark, handleUnmark } from "./marks.ts";
import { handlePlaceEvent } from "./places.ts";
import type { Next } from "./pump.ts";
import { handleAnswer } from "./questions.ts";
import { handleRedaction, handleRoomState } from "./room-watch.ts";
import { asRoom, type Service } from "./service.ts";
import { handleTalk } from "./talk.ts";
import { tellOfFlood } from "./talk-flood.ts";
import { handleTyped } from "./typed-command.ts";

/** How long what came too early waits before it is looked at again, in milliseconds. */
const earlyMs = 200;

/** What became of an event. `held`: it waits until somebody wakes the room; `early`: for a moment. */
type Handling = "handled" | "held" | "early";

/**
 * Handles the next event of a room, and with talk what stands behind it: the one way in which anything from
 * outside changes anything.
 */
export async function handleNext(service: Service, room: string): Promise<Next> {
  const row = await nextInRoom(service.db, room);
  if (row === undefined) return "idle";
  crashPoint("inbox/taken");
  try {
    if (await handleTalk(service, asRoom(room), row)) return "again";
    const outcome = await handleRow(service, asRoom(room), row);
    if (outcome === "early") return { inMs: earlyMs };
    return outcome === "held" ? "idle" : "again";
  } catch (error) {
    if (error instanceof HomeserverError && error.retryable) throw error;
    if (isDatabaseTrouble(error)) throw error;
    await setBack(service, row, error);
    return "again";
  }
}

/** Notes a failure, and after the third sets the event aside and says so to whoever sent it. */
async function setBack(service: Service, row: InboxRow, error: unknown): Promise<void> {
  const reference = randomBytes(3).toString("hex").toUpperCase();
  const reason = error instanceof Error ? error.message : String(error);
  const aside = await markFailed(service.db, row, `${reason} (ref ${reference})`);
  service.log.error({ err: error, reference, event: row.event_id, aside }, "an event could not be handled");
  const event = readRow(row);
  if (!aside || event === undefined || !isCommand(service, event)) return;
  await service.db.transaction().execute((change) => put(change, burst(event, reference)));
  service.bells.outbox(event.room_id);
}

/** Whether somebody typed this to us and waits for an answer. */
function isCommand(service: Service, event: RoomEvent): boolean {
  if (event.type !== "m.room.message" || event.sender === service.bot) return false;
  const typed = typedIn(event.content);
  return typed !== undefined && isForUs(typed, service.rules.prefixes);
}

function readRow(row: InboxRow): RoomEvent | undefined {
  const event = decodeEvent(JSON.parse(row.json));
  return isMalformed(event) ? undefined : event;
}

/** Handles an event that waits. Throws where it cannot be. */
export async function handleRow(service: Service, room: RoomId, row: InboxRow): Promise<Handling> {
  const event = readRow(row);
  if (event === undefined) throw new Error("the event is malformed");
  const here = await incidentOfRoom(service.db, room);
  if (here !== undefined) return handleInIncident(service, event, row.seq, here);
  if (await isOfComingRoom(service, event)) return "held";
  return handleElsewhere(service, event, row.seq);
}

/**
 * The first event of a room that was just made for an incident. It waits until the journal knows the room:
 * then everything in the room is handled, in its order, and kept for the archive.
 */
async function isOfComingRoom(service: Service, event: RoomEvent): Promise<boolean> {
  if (event.type !== "m.room.create" || event.sender !== service.bot) return false;
  const id = parseIncidentId(text(event.content, incidentKey) ?? "");
  const stored = id === undefined ? undefined : await loadIncident(service.db, id);
  if (stored === undefined || stored.incident.room !== undefined) return false;
  service.bells.incident(stored.incident.id);
  return true;
}

async function handleInIncident(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<Handling> {
  await wantFiles(service, event, here.incident);
  if (event.state_key !== undefined) await handleRoomState(service, event, event.state_key, inbox, here);
  else if (event.type === "m.room.redaction") await handleRemoval(service, event, inbox, here);
  else if (event.sender === service.bot) await done(service, inbox, { forget: false });
  else {
    const outcome = await handleSaid(service, event, inbox, here);
    if (outcome === "handled") await tellOfFlood(service, here.incident, [event]);
    return outcome;
  }
  return "handled";
}

/** Something was removed: a 📌, a piece of state, or a message. */
async function handleRemoval(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<void> {
  const { closing } = here.incident;
  if (closing?.seal === undefined && (await handleUnmark(service, event, inbox, here)) === "handled") return;
  await handleRedaction(service, event, inbox, here);
}

/** Something a person said or did in the room of an incident. */
async function handleSaid(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<Handling> {
  await noteHeard(service.db, here.incident.id, event.sender, event.origin_server_ts);
  if (event.type === "m.reaction") {
    const answer = await handleAnswer(service, event, inbox, { forget: false });
    if (answer !== "not-for-us") return answer;
    if ((await handleMark(service, event, inbox, here)) === "handled") return "handled";
  }
  if (event.type === "m.room.message") {
    if ((await handleTyped(service, { event, inbox, where: "room", here })) === "handled") return "handled";
  }
  await done(service, inbox, { forget: false });
  return "handled";
}

async function handleElsewhere(service: Service, event: RoomEvent, inbox: number): Promise<Handling> {
  if (event.state_key !== undefined) {
    await handlePlaceEvent(service, event, event.state_key);
  } else {
    const outcome = await handleInPlace(service, event, inbox);
    if (outcome !== "not-for-us") return outcome;
  }
  await done(service, inbox, { forget: true });
  return "handled";
}

/** Something said where the bot may be listening besides the rooms of incidents. */
async function handleInPlace(
  service: Service,
  event: RoomEvent,
  inbox: number,
): Promise<Handling | "not-for-us"> {
  const place = await findPlace(service.db, event.room_id);
  if (place === undefined || !isSpokenTo(service, place, event)) return "not-for-us";
  if (event.type === "m.reaction") return handleAnswer(service, event, inbox, { forget: true });
  if (event.type === "m.room.message") return handleTyped(service, { event, inbox, where: place.kind });
  return "not-for-us";
}

/** Whether the bot listens to who wrote this here: in a direct chat to one person only. */
function isSpokenTo(service: Service, place: Place, event: RoomEvent): boolean {
  return place.kind === "direct" ? event.sender === place.user : event.sender !== service.bot;
}

/** The event has been seen, and nothing follows from it. */
async function done(service: Service, inbox: number, options: { readonly forget: boolean }): Promise<void> {
  await service.db.transaction().execute((change) => markHandled(change, inbox, service.now(), options));
}
