import {
  decodeEvent,
  isMalformed,
  isObject,
  type JsonObject,
  type MalformedEvent,
  type RoomEvent,
} from "./event.ts";
import type { EventId } from "./ids.ts";
import { elementSources } from "./source.ts";

/** An event as the homeserver pushed it, and its JSON as it came; or why it cannot be read as an event. */
export type ReceivedEvent = ({ readonly event: RoomEvent } | MalformedEvent) & { readonly json: string };

/** One push of the homeserver (application-service API, `PUT /transactions/{txnId}`). */
export interface Transaction {
  /** Opaque, and only a hint: it may come again with the same events, or with more. */
  readonly txnId: string;
  /** In the homeserver's order. No event id occurs twice among those that could be read. */
  readonly events: readonly ReceivedEvent[];
}

/** Why a body is not accepted, as the error the specification has for it. A value, not thrown. */
export class BadBody {
  readonly errcode: "M_NOT_JSON" | "M_BAD_JSON";
  readonly error: string;

  constructor(errcode: "M_NOT_JSON" | "M_BAD_JSON", error: string) {
    this.errcode = errcode;
    this.error = error;
  }
}

/** Reads a body that has to be a JSON object. */
export function decodeBody(body: string): JsonObject | BadBody {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : new BadBody("M_BAD_JSON", "The body is not a JSON object.");
  } catch {
    return new BadBody("M_NOT_JSON", "The body is not JSON.");
  }
}

/**
 * Reads the body of a transaction. A homeserver sends what is refused again and again, and nothing after
 * it, so only a body that is no JSON object is refused; whatever is odd inside one is set aside, with the
 * reason, as malformed. Ephemeral and to-device parts are not used.
 */
export function decodeTransaction(txnId: string, body: string): Transaction | BadBody {
  const value = decodeBody(body);
  if (value instanceof BadBody) return value;
  const { events } = value;
  if (events === undefined) return { txnId, events: [] };
  if (!Array.isArray(events)) {
    return { txnId, events: [{ malformed: "the transaction's events are not a list", json: body }] };
  }
  return { txnId, events: received(events, elementSources(body, "events")) };
}

function received(values: readonly unknown[], sources: readonly string[]): ReceivedEvent[] {
  const seen = new Set<EventId>();
  const events: ReceivedEvent[] = [];
  for (const [index, json] of sources.entries()) {
    const event = decodeEvent(values[index]);
    if (isMalformed(event)) {
      events.push({ ...event, json });
    } else if (!seen.has(event.event_id)) {
      seen.add(event.event_id);
      events.push({ event, json });
    }
  }
  return events;
}
