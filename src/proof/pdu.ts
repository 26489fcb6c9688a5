import { canonicalJson, type Member, membersOf, NotCanonical } from "./canonical.ts";
import { contentHash, idOf, signedText } from "./hash.ts";
import { isJson, type Json, redactedContent } from "./redaction.ts";
import type { RoomRules } from "./roomversion.ts";

/**
 * An event as it was hashed and signed (server-server API, "PDUs"), whose id is its own hash.
 * `whole`: everything the sender's server sent is there. `redacted`: only what a redaction leaves is.
 */
export interface SoundPdu {
  readonly id: `$${string}`;
  readonly pdu: Json;
  readonly content: "whole" | "redacted";
}

/** Such an event with the text that its servers signed, and its members as canonical JSON. */
export interface ProvenPdu extends SoundPdu {
  readonly signed: string;
  readonly members: readonly Member[];
}

/** An event that does not hold, and why, in words for the reader of the archive. */
export interface UnsoundPdu {
  readonly unsound: string;
  /** The id it was given under, where it had one. */
  readonly claimed?: `$${string}`;
}

/**
 * Proves an event as Synapse hands it out in `/messages` with `event_format: federation`: takes away what
 * was added for the client, hashes the rest, and compares with the id and the content hash it came with.
 */
export function provePdu(given: unknown, rules: RoomRules): ProvenPdu | UnsoundPdu {
  if (!isJson(given)) return { unsound: "it is not a JSON object" };
  const claimed = eventId(given.event_id);
  const unsound = (reason: string): UnsoundPdu => ({
    unsound: reason,
    ...(claimed === undefined ? {} : { claimed }),
  });
  if (claimed === undefined) return unsound("it came without an event id");
  const malformed = misshapen(given);
  if (malformed !== undefined) return unsound(malformed);
  try {
    return checkPdu(claimed, asSent(given, rules), rules);
  } catch (problem) {
    if (problem instanceof NotCanonical) return unsound(`it has no canonical form: ${problem.message}`);
    throw problem;
  }
}

/**
 * Compares an event, as it was sent, with its id and its content hash.
 * @throws NotCanonical where the event has no canonical form.
 */
export function checkPdu(id: `$${string}`, pdu: Json, rules: RoomRules): ProvenPdu | UnsoundPdu {
  const members = membersOf(pdu);
  const signed = signedText(pdu, rules, members);
  const hashed = idOf(signed);
  if (hashed !== id) return { unsound: `its id is not its hash: the hash gives ${hashed}`, claimed: id };
  if (contentHash(pdu, members) === statedHash(pdu)) return { id, pdu, content: "whole", signed, members };
  if (isRedacted(pdu, rules)) return { id, pdu, content: "redacted", signed, members };
  return { unsound: "its content is not the content that was hashed", claimed: id };
}

/** Whether the content of an event that holds is whole or gone. @throws NotCanonical where it has no canonical form. */
export function contentOf(pdu: Json, rules: RoomRules): SoundPdu["content"] {
  return isRedacted(pdu, rules) && contentHash(pdu) !== statedHash(pdu) ? "redacted" : "whole";
}

/**
 * The event as it was sent. Synapse adds for the client: `event_id`, `unsigned`, `room_id` on a create event
 * that cannot contain it, and a copy of a redaction's target in the place where it does not belong.
 */
export function asSent(given: Json, rules: RoomRules): Json {
  const { event_id: _, unsigned: __, ...pdu } = given;
  const sent = pdu.type === "m.room.create" && !rules.createNamesRoom ? without(pdu, "room_id") : pdu;
  if (sent.type !== "m.room.redaction") return sent;
  const uncopied = withoutCopiedTarget(sent, rules);
  // A sender may have written the target in both places. Then the content hash counts both.
  return contentHash(uncopied) !== statedHash(sent) && contentHash(sent) === statedHash(sent)
    ? sent
    : uncopied;
}

/** The event that a redaction is about, wherever the room's version keeps it. */
export function redactionTarget(pdu: Json, rules: RoomRules): `$${string}` | undefined {
  if (pdu.type !== "m.room.redaction") return undefined;
  const holder = rules.redactsIn === "event" ? pdu : pdu.content;
  return isJson(holder) ? eventId(holder.redacts) : undefined;
}

/** The ids of the events that an event names as before it, or as what allows it. */
export function parents(pdu: Json, link: "prev_events" | "auth_events"): readonly `$${string}`[] {
  const listed = pdu[link];
  return Array.isArray(listed) ? listed.map(eventId).filter((id) => id !== undefined) : [];
}

function withoutCopiedTarget(pdu: Json, rules: RoomRules): Json {
  if (rules.redactsIn === "content") return without(pdu, "redacts");
  return isJson(pdu.content) ? { ...pdu, content: without(pdu.content, "redacts") } : pdu;
}

function isRedacted(pdu: Json, rules: RoomRules): boolean {
  if (!isJson(pdu.content) || !Object.keys(pdu).every((name) => rules.keptMembers.has(name))) return false;
  const left = redactedContent(pdu, rules);
  // Mostly there are members that a redaction takes away, and nothing has to be written to see that.
  if (Object.keys(left).length !== Object.keys(pdu.content).length) return false;
  return canonicalJson(left) === canonicalJson(pdu.content);
}

function statedHash(pdu: Json): string | undefined {
  const stated = isJson(pdu.hashes) ? pdu.hashes.sha256 : undefined;
  return typeof stated === "string" ? stated : undefined;
}

/** What everybody who reads an event relies on; the homeserver checked the rest when it let the event in. */
function misshapen(event: Json): string | undefined {
  if (typeof event.type !== "string") return "its type is not a string";
  if (typeof event.sender !== "string") return "its sender is not a string";
  if (!isJson(event.content)) return "its content is not an object";
  if (typeof event.origin_server_ts !== "number") return "its time is not a number";
  if (event.state_key !== undefined && typeof event.state_key !== "string")
    return "its state key is not a string";
  if (!Array.isArray(event.prev_events) || !Array.isArray(event.auth_events)) {
    return "it does not name the events before it, so it did not come in federation format";
  }
  return undefined;
}

function eventId(value: unknown): `$${string}` | undefined {
  return typeof value === "string" && isEventId(value) ? value : undefined;
}

function isEventId(value: string): value is `$${string}` {
  return value.startsWith("$");
}

function without(object: Json, key: string): Json {
  const { [key]: _, ...rest } = object;
  return rest;
}
