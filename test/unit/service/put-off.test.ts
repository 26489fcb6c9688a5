import assert from "node:assert/strict";
import { test } from "node:test";
import { longestPutOffMs, waitFor } from "../../../src/service/put-off.ts";

const now = Date.UTC(2026, 10, 20, 19, 4, 11);
const hourMs = 60 * 60_000;

test("what was put off waits for its moment", () => {
  assert.equal(waitFor(now + 30_000, now), 30_000);
  assert.equal(waitFor(now + longestPutOffMs, now), longestPutOffMs);
  assert.equal(waitFor(now - 1, now), 0);
});

test("what was put off before the clock was set back waits no longer", () => {
  assert.equal(waitFor(now + hourMs + 30_000, now), 0);
  assert.equal(waitFor(now + hourMs + 1_000, now, 1_000), 0);
});
