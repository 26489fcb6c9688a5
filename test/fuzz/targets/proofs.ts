import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, NotCanonical } from "../../../src/proof/canonical.ts";
import { contentHash, idOf, signedText } from "../../../src/proof/hash.ts";
import { parents, provePdu, redactionTarget } from "../../../src/proof/pdu.ts";
import { isJson, type Json, redact } from "../../../src/proof/redaction.ts";
import { roomRules } from "../../../src/proof/roomversion.ts";
import { readServerKeys } from "../../../src/proof/serverkeys.ts";
import { checkSignatures } from "../../../src/proof/signature.ts";
import { fuzzed } from "../fuzz.ts";
import { anyJson, anyText } from "../pieces.ts";

const types = [
  "m.room.create",
  "m.room.member",
  "m.room.power_levels",
  "m.room.join_rules",
  "m.room.redaction",
  "m.room.message",
  "m.room.aliases",
  "constructor",
];
const members = [
  ..."membership join_authorised_via_users_server third_party_invite creator users ban redacts allow body".split(
    " ",
  ),
  "__proto__",
];
const value = fc.oneof(anyJson, fc.record({ signed: anyJson, display_name: anyJson }));

const pdu = fc.record(
  {
    type: fc.oneof(fc.constantFrom(...types), anyJson),
    sender: fc.oneof(fc.constant("@alice:bank.example"), anyJson),
    content: fc.oneof(fc.dictionary(fc.constantFrom(...members), value), anyJson),
    origin_server_ts: fc.oneof(fc.constant(1_780_000_000_000), anyJson),
    prev_events: fc.oneof(fc.array(anyText), anyJson),
    auth_events: fc.oneof(fc.array(anyText), anyJson),
    state_key: anyJson,
    room_id: anyJson,
    redacts: anyJson,
    hashes: fc.oneof(fc.record({ sha256: anyText }), anyJson),
    signatures: fc.oneof(fc.record({ "bank.example": fc.record({ "ed25519:1": anyText }) }), anyJson),
    unsigned: anyJson,
    "\u{1f600}": anyJson,
    "\ufb33": anyJson,
  },
  { requiredKeys: [] },
);

/** Canonical JSON, redaction, hashes and signatures, of any JSON and of what is nearly an event. */
export const proofs = fuzzed({
  name: "proofs",
  share: 130,
  inputs: fc.record({
    event: fc.oneof({ weight: 5, arbitrary: pdu }, { weight: 1, arbitrary: anyJson }),
    version: fc.constantFrom("1", "10", "11", "12", "org.example.1", "constructor"),
    keys: fc.oneof(
      fc.record({ server_name: fc.constant("bank.example"), verify_keys: anyJson, old_verify_keys: anyJson }),
      anyJson,
    ),
  }),
  begin: async () => async (input) => {
    // As it is read, never as it was made: __proto__ is a member like any other.
    const { event, version, keys }: typeof input = JSON.parse(JSON.stringify(input));
    const rules = roomRules(version);
    const known = readServerKeys(keys);
    provePdu(event, rules);
    const canonical = canonicalOf(event);
    if (canonical !== undefined) assert.equal(canonicalJson(JSON.parse(canonical)), canonical);
    if (!isJson(event)) return;
    redactionTarget(event, rules);
    parents(event, "prev_events");
    const redacted = redact(event, rules);
    assert.deepEqual(redact(redacted, rules), redacted, "what is redacted stays as it is");
    if (canonical === undefined) return;
    const whole = named(event, rules);
    const proven = provePdu(whole, rules);
    if ("unsound" in proven) return;
    assert.equal(proven.content, "whole");
    await checkSignatures(proven, known);
    const pruned = provePdu({ ...redact(whole, rules), event_id: whole.event_id }, rules);
    assert.ok("id" in pruned && pruned.id === proven.id, "an event keeps its id when it is redacted");
  },
});

function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}

/** The event under the id and with the hash that belong to it. */
function named(event: Json, rules: ReturnType<typeof roomRules>): Json {
  const { event_id: _, ...sent } = event;
  const hashed = { ...sent, hashes: { sha256: contentHash(sent) } };
  return { ...hashed, event_id: idOf(signedText(hashed, rules)) };
}
