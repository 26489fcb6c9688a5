import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shares } from "../fuzz/targets.ts";

/** How many inputs are tried here; `npm run fuzz` tries a million. */
const inputs = 20_000;
const seed = Number(process.env.CORDON_TEST_SEED ?? Date.now() % 1_000_000);

describe(`whatever comes from outside: ${inputs} inputs, and every one that ever failed`, () => {
  for (const [{ name, fuzz }, share] of shares(inputs)) {
    test(name, async (t) => {
      t.diagnostic(`CORDON_TEST_SEED=${seed} tries the same inputs again`);
      // How long each took is not looked at: the machine may have other things to do.
      const { failures } = await fuzz({ seed, inputs: share });
      assert.deepEqual(failures, []);
    });
  }
});
