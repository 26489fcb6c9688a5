import { crashPoint } from "../crash/point.ts";
import type { EventId, RoomId } from "../incident/ids.ts";
import { arrivedAt } from "../journal/inbox.ts";
import {
  dropOutdated,
  eventOf,
  isEdit,
  lastEditAt,
  markDeferred,
  markLeaving,
  markRefused,
  markSent,
  nextForRoom,
} from "../journal/outbox.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { isObject, type JsonObject, text } from "../matrix/event.ts";
import { isEventId } from "../matrix/ids.ts";
import type { OutboxRow } from "../store/schema.ts";
import { commandAnswered } from "./answer.ts";
import { type Next, pauseAfter } from "./pump.ts";
import { longestPutOffMs, waitFor } from "./put-off.ts";
import { asRoom, messageKey, redactionType, type Service } from "./service.ts";

/** No message is edited more often than this. */
const editPauseMs = 1_000;

/**
 * Sends the next message of a room. Its key is its transaction id, so sending it again after a crash or a
 * lost answer makes no second message. What the homeserver refuses for good is noted, and does not hold up
 * what comes behind it.
 */
export async function sendNext(service: Service, room: string): Promise<Next> {
  const row = await nextForRoom(service.db, room);
  if (row === undefined) return "idle";
  if (isEdit(row) && (await dropOutdated(service.db, row))) return "again";
  const inMs = await waitOf(service, row);
  if (inMs > 0) return { inMs };
  const content = await contentOf(service, row);
  if (content === undefined) {
    await markRefused(service.db, row.seq, "the message it is about was never sent");
    return "again";
  }
  if (isEdit(row)) await markLeaving(service.db, row);
  try {
    crashPoint("outbox/leaving");
    const event = await sendRow(service, asRoom(room), row, content);
    crashPoint("outbox/sent");
    await markSent(service.db, row.seq, event, service.now());
    crashPoint("outbox/noted");
    await measure(service, row);
    if (row.incident !== null && isAwaited(row)) service.bells.incident(row.incident as `INC-${string}`);
    return "again";
  } catch (error) {
    return failed(service, row, error);
  }
}

async function waitOf({ db, now }: Service, row: OutboxRow): Promise<number> {
  const wait = waitFor(row.not_before, now());
  if (row.about === null || !isEdit(row)) return wait;
  return Math.max(wait, waitFor((await lastEditAt(db, row.about)) + editPauseMs, now(), editPauseMs));
}

async function sendRow(
  { homeserver }: Service,
  room: RoomId,
  { type, key }: OutboxRow,
  content: JsonObject,
): Promise<EventId> {
  if (type !== redactionType)
    return homeserver.sendMessage(room, type, key, { ...content, [messageKey]: key });
  const redacts = text(content, "redacts");
  if (!isEventId(redacts)) throw new Error(`${key} redacts nothing`);
  return homeserver.redact(room, redacts, key, text(content, "reason") ?? "");
}

/** Measures how long somebody waited, where a message answers a command. */
async function measure({ db, meter, now }: Service, { key }: OutboxRow): Promise<void> {
  const command = commandAnswered(key);
  const arrived = command === undefined ? undefined : await arrivedAt(db, command);
  if (arrived !== undefined) meter.answered(now() - arrived);
}

/** The card is pinned, the seal recorded, and a handover goes on, once they have an event id. */
function isAwaited(row: OutboxRow): boolean {
  return (
    row.key === `${row.incident}/card` ||
    row.key === `${row.incident}/seal` ||
    row.key.startsWith(`${row.incident}/brief/`)
  );
}

async function contentOf(service: Service, row: OutboxRow): Promise<JsonObject | undefined> {
  const content: unknown = JSON.parse(row.content);
  if (!isObject(content)) return undefined;
  if (row.about === null) return content;
  const about = await eventOf(service.db, row.about);
  const relation = content["m.relates_to"];
  if (about === undefined || !isObject(relation)) return undefined;
  return { ...content, "m.relates_to": { ...relation, event_id: about } };
}

async function failed(service: Service, row: OutboxRow, error: unknown): Promise<Next> {
  if (!(error instanceof HomeserverError)) throw error;
  if (!error.retryable) {
    await markRefused(service.db, row.seq, error.message);
    const { incident, seq: message } = row;
    service.log.warn({ incident, message, err: error }, "the homeserver refused a message for good");
    return "again";
  }
  const inMs = Math.min(error.retryAfterMs ?? pauseAfter(row.failures + 1), longestPutOffMs);
  await markDeferred(service.db, row.seq, service.now() + inMs);
  return { inMs };
}
