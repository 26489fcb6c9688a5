import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fact } from "../../../src/incident/fact.ts";
import type { Severity } from "../../../src/incident/severity.ts";
import {
  alice,
  bob,
  carol,
  gives,
  known,
  led,
  minute,
  over,
  policy,
  type Step,
  type Story,
  underWay,
} from "../../support/incident.ts";

const update: Step = [alice, { type: "update", text: "looking" }];
const mitigate: Step = [alice, { type: "mitigate", how: "switched over" }];
const relapse: Step = [alice, { type: "relapse", reason: "it came back" }];
const leaves = (user: typeof alice): Step => [{ type: "member-left", user, by: user }];
const becomes = (to: Severity): Step => [alice, { type: "change-severity", to, reason: "looked again" }];

/** Whom these facts remind of an update. */
function reminded(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.type === "update-reminded" ? [fact.data.to] : []));
}

/** In how many minutes the next update is due. */
function dueIn(told: Story): number | undefined {
  const { nextUpdateAt } = known(told);
  return nextUpdateAt === undefined ? undefined : (nextUpdateAt - told.now) / minute;
}

describe("an update is due", () => {
  test("by the severity, and sooner when it rises", () => {
    for (const [severity, minutes] of [
      ["sev1", 15],
      ["sev2", 30],
      ["unknown", 30],
      ["sev4", undefined],
    ] as const) {
      assert.equal(dueIn(underWay().tell(becomes(severity))), minutes, severity);
    }
  });

  test("more slowly once it is mitigated, and as before when it has relapsed", () => {
    const told = underWay().tell(...led, becomes("sev1"), mitigate);
    assert.equal(dueIn(told), 30);
    told.tell(update);
    assert.equal(dueIn(told), 30);
    told.tell(becomes("sev2"));
    assert.equal(dueIn(told), 60);
    told.tell(relapse);
    assert.equal(dueIn(told), 30);
  });

  test("when the last one has said, once", () => {
    const told = underWay().tell([alice, { type: "update", text: "looking", nextMs: 45 * minute }]);
    assert.equal(dueIn(told), 45);
    told.tell(update);
    assert.equal(dueIn(told), 60);
  });

  test("no more when it is over, and anew when it is reopened", () => {
    const told = underWay().tell(...led, over);
    assert.equal(dueIn(told), undefined);
    told.tell([bob, { type: "reopen", reason: "it is back again" }]);
    assert.equal(dueIn(told), 60);
    assert.deepEqual(reminded(told.pass(60 * minute)), ["commander"]);
  });
});

describe("an update that is late", () => {
  test("is said to the commander, then to the deputy, then to the room, once each", () => {
    const told = underWay().tell(...led, update);
    assert.deepEqual(told.pass(60 * minute - 1), []);
    for (const to of ["commander", "deputy", "room"]) {
      assert.deepEqual(told.pass(1), [{ type: "update-reminded", data: { to } }]);
      assert.deepEqual(told.pass(policy.remindAgainMs - 1), []);
    }
    assert.deepEqual(told.pass(600 * minute), []);
  });

  test("passes over who is not there", () => {
    const alone = underWay().tell(update);
    assert.deepEqual(reminded(alone.pass(120 * minute)), ["commander", "room"]);
    const led2 = underWay().tell(...led, update, leaves(alice));
    assert.deepEqual(reminded(led2.pass(120 * minute)), ["deputy", "room"]);
    const nobody = underWay().tell(update, leaves(alice));
    assert.deepEqual(reminded(nobody.pass(120 * minute)), ["room"]);
  });

  test("is said to nobody twice, whoever comes or goes meanwhile", () => {
    const gone = underWay().tell(...led, update);
    assert.deepEqual(reminded(gone.pass(60 * minute)), ["commander"]);
    gone.tell(leaves(alice));
    assert.deepEqual(reminded(gone.pass(60 * minute)), ["deputy", "room"]);

    const come = underWay().tell(...led, update, leaves(alice));
    assert.deepEqual(reminded(come.pass(60 * minute)), ["deputy"]);
    come.tell([carol, { type: "volunteer", role: "commander" }]);
    assert.deepEqual(reminded(come.pass(60 * minute)), ["room"]);
  });

  test("is late no more once it is given, and begins with the commander the next time", () => {
    const told = underWay().tell(...led, update);
    assert.deepEqual(reminded(told.pass(65 * minute)), ["commander", "deputy"]);
    told.tell([bob, { type: "update", text: "found it" }]);
    assert.equal(known(told).updateReminded, undefined);
    assert.deepEqual(reminded(told.pass(60 * minute)), ["commander"]);
  });

  test("is said once after an outage, and goes on from there", () => {
    const told = underWay().tell(...led, update);
    assert.deepEqual(reminded(told.outage(600 * minute)), ["commander"]);
    assert.deepEqual(reminded(told.pass(policy.remindAgainMs - 1)), []);
    assert.deepEqual(reminded(told.pass(1)), ["deputy"]);
  });

  test("is said to nobody where no cadence is kept, nor any more when it is over", () => {
    for (const end of [becomes("sev4"), over]) {
      const told = underWay().tell(...led, ...gives(alice, "scribe", carol), update, end);
      assert.deepEqual(reminded(told.pass(600 * minute)), []);
    }
  });
});
