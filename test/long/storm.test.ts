import assert from "node:assert/strict";
import { test } from "node:test";
import { storm } from "../storm/storm.ts";

/** Short ones; `npm run storm` plays longer ones. */
const kills = 5;

for (const [database, replicas] of [
  ["sqlite", 1],
  ["postgres", 2],
] as const) {
  test(`a short storm over ${replicas} on ${database} loses nothing and doubles nothing`, async (t) => {
    const seed = Number(process.env.CORDON_TEST_SEED ?? Date.now() % 1_000_000);
    t.diagnostic(`CORDON_TEST_SEED=${seed} plays the same faults again`);
    const { lost, doubled, wrong, ...figures } = await storm({ seed, kills, database, replicas });
    assert.deepEqual({ lost, doubled, wrong }, { lost: [], doubled: [], wrong: [] });
    assert.ok(figures.acknowledged > 0 && figures.archivesProven > 0);
    t.diagnostic(JSON.stringify(figures));
  });
}
