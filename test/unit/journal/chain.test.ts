import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Entry } from "../../../src/incident/entry.ts";
import { followChain, genesis, hashOf } from "../../../src/journal/chain.ts";
import { alice, led, over, story } from "../../support/incident.ts";

const { entries } = story(
  ...led,
  [alice, { type: "record", kind: "note", text: "the provider was called" }],
  over,
);
const last = entries.length;
const at = entries.findIndex(({ type }) => type === "recorded");

test("an untouched journal leads to its head", async () => {
  assert.deepEqual(await followChain(entries), { head: { seq: last, hash: entries.at(-1)?.hash } });
});

test("an empty one to what stands before every journal", async () => {
  assert.deepEqual(await followChain([]), { head: genesis });
});

describe("what is found", () => {
  const broken: Readonly<Record<string, { entries: readonly Entry[]; seq: number; reason: string }>> = {
    "a changed word": {
      entries: changed((entry) => ({ ...entry, data: { text: "nobody was called" } }) as Entry),
      seq: at + 1,
      reason: "hash does not match",
    },
    "a changed actor": {
      entries: changed((entry) => ({ ...entry, actor: "cordon" })),
      seq: at + 1,
      reason: "hash does not match",
    },
    "a changed time": {
      entries: changed((entry) => ({ ...entry, eventAt: entry.eventAt + 1 })),
      seq: at + 1,
      reason: "hash does not match",
    },
    "a changed word with its hash made anew": {
      entries: changed((entry) => rehashed({ ...entry, actor: "cordon" })),
      seq: at + 2,
      reason: "does not follow its predecessor",
    },
    "an entry taken out": { entries: entries.toSpliced(at, 1), seq: at + 2, reason: "out of sequence" },
    "an entry put in twice": {
      entries: entries.toSpliced(at, 0, ...entries.slice(at, at + 1)),
      seq: at + 1,
      reason: "out of sequence",
    },
    "two entries exchanged": {
      entries: [...entries.slice(0, at), ...entries.slice(at, at + 2).toReversed(), ...entries.slice(at + 2)],
      seq: at + 2,
      reason: "out of sequence",
    },
    "a beginning cut off": { entries: entries.slice(1), seq: 2, reason: "out of sequence" },
  };
  for (const [name, { entries: tampered, seq, reason }] of Object.entries(broken)) {
    test(name, async () => assert.deepEqual(await followChain(tampered), { broken: { seq, reason } }));
  }

  function changed(change: (entry: Entry) => Entry): readonly Entry[] {
    return entries.map((entry, i) => (i === at ? change(entry) : entry));
  }

  function rehashed(entry: Entry): Entry {
    return { ...entry, hash: hashOf(entry) };
  }
});

test("an end cut off leads to another head, which is why the head is witnessed in the room", async () => {
  assert.notDeepEqual(await followChain(entries.slice(0, -1)), await followChain(entries));
});

test("the order of an entry's members does not matter to its hash", () => {
  for (const entry of entries) {
    // The same members in another order: what fromEntries gives has lost its type.
    const turned = Object.fromEntries(Object.entries(entry).toReversed()) as unknown as Entry;
    assert.equal(hashOf(turned), entry.hash);
  }
});
