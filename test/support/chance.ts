import type { TestContext } from "node:test";

/** Chance that can be repeated: says which seed it was, and takes that of `CORDON_TEST_SEED` where given. */
export function chanceFor(t: TestContext): () => number {
  const seed = Number(process.env.CORDON_TEST_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`CORDON_TEST_SEED=${seed} plays the same chances again`);
  return random(seed);
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
