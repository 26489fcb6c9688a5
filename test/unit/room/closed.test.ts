import assert from "node:assert/strict";
import { test } from "node:test";
import { evolve } from "../../../src/incident/evolve.ts";
import type { Fact } from "../../../src/incident/fact.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import { chain, genesis } from "../../../src/journal/chain.ts";
import { isHeld, isMoreClosed } from "../../../src/room/closed.ts";
import type { ActualState } from "../../../src/room/plan.ts";
import { alice, noon } from "../../support/incident.ts";

const levels = (events_default: number): ActualState => ({
  type: "m.room.power_levels",
  stateKey: "",
  content: { events_default },
});
const declared: Fact = {
  type: "declared",
  data: { title: "Payments fail", severity: "sev3", role: "commander" },
};
const over: Fact = { type: "over", data: { summary: "fixed", missing: [] } };
const lock: Fact = { type: "archiving", data: {} };
const reopened: Fact = { type: "reopened", data: { reason: "it is back" } };
const put: Fact = { type: "restored", data: { until: "$newest" } };
const closed: Fact = { type: "room-found", data: { differs: ["power levels"], closed: true } };

test("a room that is over or locked is more closed than one that runs, and not the other way round", () => {
  assert.equal(isMoreClosed(incident(), [levels(55)]), true);
  assert.equal(isMoreClosed(incident(over), [levels(100)]), true);
  assert.equal(isMoreClosed(incident(over), [levels(55)]), false);
  assert.equal(isMoreClosed(incident(over, lock), [levels(10)]), false);
  assert.equal(isMoreClosed(incident(), []), false);
});

test("a room that was found closed is left alone while it is, until somebody says that it is over", () => {
  assert.equal(isHeld(incident(), [levels(55)]), false);
  assert.equal(isHeld(incident(put, closed), [levels(55)]), true);
  assert.equal(isHeld(incident(put, closed), [levels(10)]), false);
  assert.equal(isHeld(incident(put, closed, over), [levels(100)]), false);
});

test("what was over and is opened again is not left closed", () => {
  assert.equal(isHeld(incident(put, closed, over, reopened), [levels(55)]), false);
});

/** An incident with these behind its declaration. */
function incident(...facts: readonly Fact[]): Incident {
  const told = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$1" };
  let folded = evolve(undefined, chain("INC-0042", genesis, declared, told));
  for (const fact of facts) folded = evolve(folded, chain("INC-0042", folded.head, fact, told));
  return folded;
}
