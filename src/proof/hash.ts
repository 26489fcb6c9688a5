import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";
import { type Json, redact } from "./redaction.ts";
import type { RoomRules } from "./roomversion.ts";

/**
 * The event id of an event of room version 4 or newer: its reference hash in URL-safe base64 (server-server
 * API, "Calculating the reference hash for an event"). It covers what a redaction leaves, so that an event
 * keeps its id when it is redacted.
 * @throws NotCanonical where the event has no canonical form.
 */
export function referenceId(pdu: Json, rules: RoomRules): `$${string}` {
  const { signatures: _, unsigned: __, age_ts: ___, ...hashed } = redact(pdu, rules);
  return `$${sha256(canonicalJson(hashed)).toString("base64url")}`;
}

/**
 * The content hash of an event, in unpadded base64 as `hashes.sha256` holds it (server-server API,
 * "Calculating the content hash for an event"). It covers all that the sender's server sent.
 * @throws NotCanonical where the event has no canonical form.
 */
export function contentHash(pdu: Json): string {
  const {
    unsigned: _,
    signatures: __,
    hashes: ___,
    age_ts: ____,
    outlier: _____,
    destinations: ______,
    ...hashed
  } = pdu;
  return sha256(canonicalJson(hashed)).toString("base64").replace(/=+$/, "");
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
