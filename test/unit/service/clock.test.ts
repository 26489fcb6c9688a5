import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../../src/service/clock.ts";

const began = Date.UTC(2026, 10, 20, 19, 4, 11);
const hourMs = 60 * 60_000;

/** A machine whose clock can be set, and what shows of it. */
function machine() {
  const time = { passed: 0, set: 0 };
  const clock = new Clock({
    civil: () => began + time.passed + time.set,
    running: () => 1_000.25 + time.passed * 1.000_01,
  });
  return { clock, time };
}

for (const set of [hourMs, -hourMs]) {
  test(`a clock set ${set / hourMs} h changes nothing where the homeserver's was not`, () => {
    const { clock, time } = machine();
    clock.follow(400);
    time.set = set;
    time.passed = 2_000;
    assert.equal(clock.now(), began + 2_000, "before they have been compared again");
    assert.equal(clock.setSince(-set), 0);
    clock.follow(-set);
    time.passed = 60_000;
    assert.equal(clock.now(), began + 60_000, "and afterwards, also while the homeserver is away");
    time.set = 0;
    assert.equal(clock.setSince(0), 0, "whose clock was set so long ago cannot be told");
    clock.follow(0);
    assert.equal(clock.now(), began + 60_000);
  });

  test(`where both clocks were set ${set / hourMs} h, they count, and that is told`, () => {
    const { clock, time } = machine();
    clock.follow(0);
    time.set = set;
    time.passed = 1_000;
    assert.equal(clock.setSince(0), set);
    clock.follow(0);
    assert.equal(clock.now(), began + 1_000 + set);
    assert.equal(clock.setSince(-400), 0);
  });
}

test("before anything was compared, and for small differences, this machine's clock counts", () => {
  const { clock, time } = machine();
  time.set = hourMs;
  assert.equal(clock.now(), began + hourMs);
  assert.equal(clock.setSince(-hourMs), 0);
  clock.follow(29_000);
  assert.equal(clock.now(), began + hourMs);
});
