import { type EventId, isEventId, isRoomId, isUserId, type RoomId, type UserId } from "./ids.ts";

/** A JSON object whose members have not been looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/**
 * A room event in client format, as a transaction or `/messages` brings it
 * (client-server API, "Room event format"). `content` is untrusted: read it through the guards below.
 */
export interface RoomEvent {
  readonly event_id: EventId;
  readonly room_id: RoomId;
  readonly type: string;
  readonly sender: UserId;
  /** Milliseconds since the epoch, as the sender's homeserver claims, but within the years 1970 to 9999. */
  readonly origin_server_ts: number;
  readonly content: JsonObject;
  /** Present, possibly empty, on state events only. */
  readonly state_key?: string;
  readonly unsigned?: JsonObject;
  /** The event a redaction is about: top level up to room version 10, in `content` from 11 on. */
  readonly redacts?: EventId;
}

/** An event that is not one, with the reason in words for an operator. */
export interface MalformedEvent {
  readonly malformed: string;
  /** Its event id, where at least that could be read. */
  readonly event_id?: EventId;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of an object that is a string, else `undefined`. */
export function text(from: unknown, key: string): string | undefined {
  const value = isObject(from) ? from[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** A member of an object that is an object, else `undefined`. */
export function object(from: unknown, key: string): JsonObject | undefined {
  const value = isObject(from) ? from[key] : undefined;
  return isObject(value) ? value : undefined;
}

/** The last moment that everything can write, in milliseconds since the epoch. A homeserver may claim any integer. */
const latest = Date.UTC(9999, 11, 31);

/**
 * Reads one event of a transaction or a `/messages` page. Unknown members are dropped from the typed
 * view only; who stores the event keeps the JSON as it came.
 */
export function decodeEvent(value: unknown): RoomEvent | MalformedEvent {
  if (!isObject(value)) return { malformed: "the event is not a JSON object" };
  const id = isEventId(value.event_id) ? value.event_id : undefined;
  const malformed = (reason: string): MalformedEvent => ({
    malformed: reason,
    ...(id === undefined ? {} : { event_id: id }),
  });
  if (id === undefined) return malformed("event_id is missing or no event id");
  if (!isRoomId(value.room_id)) return malformed("room_id is missing or no room id");
  if (!isUserId(value.sender)) return malformed("sender is missing or no user id");
  if (!isStorable(value.type)) return malformed("type is missing or no plain text");
  if (!isObject(value.content)) return malformed("content is missing or no object");
  const ts = value.origin_server_ts;
  if (typeof ts !== "number" || !Number.isSafeInteger(ts)) {
    return malformed("origin_server_ts is missing or no integer");
  }
  if (value.state_key !== undefined && !isStorable(value.state_key)) {
    return malformed("state_key is no plain text");
  }
  const redacts = value.redacts ?? value.content.redacts;
  return {
    event_id: id,
    room_id: value.room_id,
    type: value.type,
    sender: value.sender,
    origin_server_ts: Math.min(Math.max(ts, 0), latest),
    content: value.content,
    ...(value.state_key === undefined ? {} : { state_key: value.state_key }),
    ...(isObject(value.unsigned) ? { unsigned: value.unsigned } : {}),
    ...(value.type === "m.room.redaction" && isEventId(redacts) ? { redacts } : {}),
  };
}

/** Text that becomes a column of its own: PostgreSQL stores neither NUL nor a lone surrogate. */
function isStorable(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0") && value.isWellFormed();
}

export function isMalformed(event: RoomEvent | MalformedEvent): event is MalformedEvent {
  return "malformed" in event;
}
