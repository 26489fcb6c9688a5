import { hash } from "node:crypto";
import { canonicalJson, membersOf, objectOf } from "./canonical.ts";
import { isJson, type Json, redactedContent } from "./redaction.ts";
import type { RoomRules } from "./roomversion.ts";

/**
 * What of an event its id is the hash of, and what servers sign of it (server-server API, "Calculating the
 * reference hash for an event"; appendices, "Signing Events"): what a redaction leaves, so that an event
 * keeps its id and its signatures when it is redacted.
 * @throws NotCanonical where the event has no canonical form.
 */
export function signedText(pdu: Json, rules: RoomRules, members = membersOf(pdu)): string {
  const all = isJson(pdu.content) ? members : membersOf({ ...pdu, content: {} });
  const content = redactedContent(pdu, rules);
  const signed = all.filter(({ name }) => rules.keptMembers.has(name) && name !== "signatures");
  if (content === pdu.content) return objectOf(signed);
  const text = `"content":${canonicalJson(content)}`;
  return objectOf(signed.map((member) => (member.name === "content" ? { name: "content", text } : member)));
}

/** The event id that belongs to a `signedText`, in room version 4 or newer: its hash in URL-safe base64. */
export function idOf(signed: string): `$${string}` {
  return `$${hash("sha256", signed, "base64url")}`;
}

/** Members that come and go on an event's way, or that are made of the content hash themselves. */
const notHashed: ReadonlySet<string> = new Set([
  "unsigned",
  "signatures",
  "hashes",
  "age_ts",
  "outlier",
  "destinations",
]);

/**
 * The content hash of an event, in unpadded base64 as `hashes.sha256` holds it (server-server API,
 * "Calculating the content hash for an event"). It covers all that the sender's server sent.
 * @throws NotCanonical where the event has no canonical form.
 */
export function contentHash(pdu: Json, members = membersOf(pdu)): string {
  const hashed = objectOf(members.filter(({ name }) => !notHashed.has(name)));
  return hash("sha256", hashed, "base64").replace(/=+$/, "");
}
