import { hash } from "node:crypto";
import { canonicalJson, type Written } from "./canonical.ts";
import { type Json, redact } from "./redaction.ts";
import type { RoomRules } from "./roomversion.ts";

/**
 * What of an event its id is the hash of, and what servers sign of it (server-server API, "Calculating the
 * reference hash for an event"; appendices, "Signing Events"): what a redaction leaves, so that an event
 * keeps its id and its signatures when it is redacted.
 * @throws NotCanonical where the event has no canonical form.
 */
export function signedText(pdu: Json, rules: RoomRules, written?: Written): string {
  const { signatures: _, unsigned: __, ...signed } = redact(pdu, rules);
  return canonicalJson(signed, written);
}

/** The event id that belongs to a `signedText`, in room version 4 or newer: its hash in URL-safe base64. */
export function idOf(signed: string): `$${string}` {
  return `$${hash("sha256", signed, "base64url")}`;
}

/**
 * The content hash of an event, in unpadded base64 as `hashes.sha256` holds it (server-server API,
 * "Calculating the content hash for an event"). It covers all that the sender's server sent.
 * @throws NotCanonical where the event has no canonical form.
 */
export function contentHash(pdu: Json, written?: Written): string {
  const {
    unsigned: _,
    signatures: __,
    hashes: ___,
    age_ts: ____,
    outlier: _____,
    destinations: ______,
    ...hashed
  } = pdu;
  return hash("sha256", canonicalJson(hashed, written), "base64").replace(/=+$/, "");
}
