import assert from "node:assert/strict";
import { test } from "node:test";
import { isMoreClosed } from "../../../src/room/closed.ts";
import type { ActualState, DesiredRoom } from "../../../src/room/plan.ts";

const levels = (events_default: number): ActualState => ({
  type: "m.room.power_levels",
  stateKey: "",
  content: { events_default },
});
const plan = (events_default: number): DesiredRoom => ({
  state: [levels(events_default)],
  contested: new Set(),
  invited: [],
  isWelcome: () => true,
});

test("a room that is over or locked is more closed than one that runs, and not the other way round", () => {
  assert.equal(isMoreClosed(plan(10), [levels(55)]), true);
  assert.equal(isMoreClosed(plan(55), [levels(100)]), true);
  assert.equal(isMoreClosed(plan(55), [levels(55)]), false);
  assert.equal(isMoreClosed(plan(100), [levels(10)]), false);
  assert.equal(isMoreClosed(plan(10), []), false);
});
