import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonicalJson } from "../../../src/proof/canonical.ts";
import { signedText } from "../../../src/proof/hash.ts";
import { provePdu } from "../../../src/proof/pdu.ts";
import { isJson, type Json } from "../../../src/proof/redaction.ts";
import { roomRules } from "../../../src/proof/roomversion.ts";
import { readServerKeys } from "../../../src/proof/serverkeys.ts";
import { checkSignatures } from "../../../src/proof/signature.ts";
import { recorded, recordedVersions } from "../../archive/recorded.ts";
import { keyAnswer, signatureOf, signedBy } from "../../support/server-key.ts";
import { signedEvents } from "./vectors.ts";

describe("the specification's vectors", () => {
  it("of signed JSON", () => {
    assert.equal(
      signatureOf(canonicalJson({})),
      "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
    );
    assert.equal(
      signatureOf(canonicalJson({ one: 1, two: "Two" })),
      "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
    );
  });

  // They are of room version 1, whose redactions leave of these events what those of version 10 do.
  const rules = roomRules("10");
  for (const [what, pdu] of Object.entries(signedEvents)) {
    it(`of a signed event: ${what}`, async () => {
      const keys = readServerKeys(keyAnswer("domain"));
      assert.equal(await checkSignatures({ pdu, signed: signedText(pdu, rules) }, keys), "hold");
    });
  }
});

for (const version of recordedVersions) {
  describe(`the signatures in a version ${version} room, as Synapse gave them`, async () => {
    const { pages, keys: answer } = await recorded(version);
    const events = pages.flatMap((page) => page.events).filter(isJson);
    const keys = readServerKeys(answer);
    const check = async (given: Json, known = keys) => {
      const proven = provePdu(given, roomRules(version));
      if ("unsound" in proven) throw new Error(proven.unsound);
      return checkSignatures(proven, known);
    };

    it("hold, those of redacted events too", async () => {
      const states = await Promise.all(events.map((event) => check(event)));
      assert.deepEqual(new Set(states), new Set(["hold"]));
      assert.equal(states.length, 69);
    });

    it("do not hold once a bit is another", async () => {
      const [event = {}] = events;
      const changed = JSON.stringify(event).replace(/("ed25519:[^"]+": ?")(.)/, (_, before, first) =>
        [before, first === "A" ? "B" : "A"].join(""),
      );
      const state = await check(JSON.parse(changed));
      assert.deepEqual(state, { unsound: "the signature of example.org does not hold" });
    });

    it("are missed where there is none", async () => {
      const { signatures: _, ...event } = events[0] ?? {};
      assert.deepEqual(await check(event), { unsound: "example.org did not sign it" });
    });

    it("cannot be checked without the key", async () => {
      const unchecked = { unchecked: "there is no key of example.org to check them with" };
      const [event = {}] = events;
      assert.deepEqual(await check(event, readServerKeys(keyAnswer("example.org"))), unchecked);
      assert.deepEqual(await check(event, readServerKeys(keyAnswer("other.org"))), unchecked);
    });
  });
}

describe("a key", () => {
  const at = Date.UTC(2026, 10, 20);
  const signed = "{}";
  const pdu = { sender: "@a:example.org", origin_server_ts: at, signatures: signedBy("example.org", signed) };
  const expired = { unchecked: "the key of example.org was not valid any more at their time" };
  const without = (answer: Json, member: string): Json =>
    Object.fromEntries(Object.entries(answer).filter(([key]) => key !== member));

  it("counts up to the last moment of its list, and not beyond", async () => {
    for (const [until, state] of [
      [at, "hold"],
      [at - 1, expired],
    ] as const) {
      const keys = readServerKeys(keyAnswer("example.org", until));
      assert.deepEqual(await checkSignatures({ pdu, signed }, keys), state);
    }
  });

  it("that is no longer used counts up to the moment it expired", async () => {
    const { verify_keys, ...rest } = keyAnswer("example.org");
    const listed = isJson(verify_keys) ? verify_keys["ed25519:1"] : undefined;
    for (const [expired_ts, state] of [
      [at, "hold"],
      [at - 1, expired],
    ] as const) {
      // The key in use is the same one by another name, so that one key can sign the list.
      const answer = {
        ...without(rest, "signatures"),
        verify_keys: { "ed25519:2": listed },
        old_verify_keys: { "ed25519:1": { ...(isJson(listed) ? listed : {}), expired_ts } },
      };
      const signature = signatureOf(canonicalJson(answer));
      const keys = readServerKeys({
        ...answer,
        signatures: { "example.org": { "ed25519:2": signature } },
      });
      assert.deepEqual(await checkSignatures({ pdu, signed }, keys), state);
    }
  });

  it("that did not sign its own list is not taken", () => {
    const answer = keyAnswer("example.org");
    assert.ok(readServerKeys(answer));
    for (const wrong of [
      without(answer, "signatures"),
      { ...answer, valid_until_ts: 0 },
      { ...answer, verify_keys: {} },
      "no answer",
      undefined,
    ]) {
      assert.equal(readServerKeys(wrong), undefined);
    }
  });
});

describe("a join that another server vouched for", () => {
  it("needs the signature of that server too", async () => {
    const signed = "{}";
    const join = {
      type: "m.room.member",
      sender: "@a:example.org",
      origin_server_ts: 0,
      content: { membership: "join", join_authorised_via_users_server: "@b:other.org" },
      signatures: signedBy("example.org", signed),
    };
    const state = await checkSignatures({ pdu: join, signed }, readServerKeys(keyAnswer("example.org")));
    assert.deepEqual(state, { unsound: "other.org did not sign it" });
  });
});
