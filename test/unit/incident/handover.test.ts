import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fold } from "../../../src/incident/evolve.ts";
import { holders, rolesOf } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  bob,
  carol,
  clerk,
  dave,
  gives,
  led,
  type Step,
  says,
  story,
  stranger,
} from "../../support/incident.ts";

const toBob: Step = [alice, { type: "handover", role: "commander", user: bob }];
const toCarol: Step = [alice, { type: "handover", role: "commander", user: carol }];
const briefed: Step = [{ type: "brief-given", role: "commander", user: bob, brief: "$brief" }];
const accept: Step = [bob, { type: "accept-role" }];

describe("handing command over", () => {
  test("begins with the question, and nothing passes yet", () => {
    assert.deepEqual(says(after(), alice, { type: "handover", user: bob }), [
      { type: "handover-begun", data: { role: "commander", user: bob } },
    ]);
    assert.deepEqual(holders(after(toBob, briefed), "commander"), [alice]);
  });

  test("invites who is not there yet", () => {
    assert.deepEqual(says(after(), alice, { type: "handover", user: dave }), [
      { type: "invited", data: { user: dave, role: "responder" } },
      { type: "handover-begun", data: { role: "commander", user: dave } },
    ]);
  });

  test("is what asking somebody to command means, for the commander", () => {
    assert.deepEqual(says(after(), alice, { type: "offer-role", role: "commander", user: bob }), [
      { type: "handover-begun", data: { role: "commander", user: bob } },
    ]);
    assert.deepEqual(says(after(), alice, { type: "invite", users: [dave], role: "commander" }), [
      { type: "invited", data: { user: dave, role: "responder" } },
      { type: "handover-begun", data: { role: "commander", user: dave } },
    ]);
  });

  test("can be accepted once the brief stands in the room", () => {
    assert.deepEqual(says(after(toBob), bob, { type: "accept-role" }), {
      refused: "brief-first",
      role: "commander",
    });
    assert.deepEqual(says(after(toBob, briefed), bob, { type: "accept-role" }), [
      { type: "role-accepted", data: { role: "commander", user: bob, from: alice } },
    ]);
  });

  test("can be declined before the brief too", () => {
    assert.deepEqual(says(after(toBob), bob, { type: "decline-role" }), [
      { type: "role-declined", data: { role: "commander", user: bob } },
    ]);
  });

  test("leaves who had it an ordinary responder, and frees a deputy who takes it from deputising", () => {
    const passed = after(...led, toBob, briefed, accept);
    assert.deepEqual([rolesOf(passed, alice), rolesOf(passed, bob)], [["responder"], ["commander"]]);
  });

  test("passes in one entry: at no place of the journal are there two commanders, or none", () => {
    const { entries } = story(...led, toBob, briefed, accept);
    for (const { seq } of entries) {
      const incident = fold(entries.slice(0, seq));
      assert.equal(incident && holders(incident, "commander").length, 1, `after entry ${seq}`);
    }
  });

  test("to several withdraws the question from the others once one has accepted", () => {
    assert.deepEqual(says(after(toBob, toCarol, briefed), bob, { type: "accept-role" }), [
      { type: "role-accepted", data: { role: "commander", user: bob, from: alice } },
      { type: "offer-withdrawn", data: { role: "commander", user: carol } },
    ]);
  });

  test("is given one brief", () => {
    const { entries } = story(toBob, briefed, briefed);
    assert.equal(entries.filter(({ type }) => type === "handover-briefed").length, 1);
  });

  test("is refused where it says nothing new, or is not for that person", () => {
    for (const [user, refusal] of [
      [alice, { refused: "already-holder", role: "commander", user: alice }],
      [stranger, { refused: "outsider", user: stranger }],
      [clerk, { refused: "not-eligible", role: "commander", user: clerk, eligible: ["@*:bank.example"] }],
    ] as const) {
      assert.deepEqual(says(after(), alice, { type: "handover", user }), refusal);
    }
    assert.deepEqual(says(after(toBob), alice, { type: "handover", user: bob }), {
      refused: "already-offered",
      role: "commander",
      user: bob,
    });
  });

  test("is the commander's alone: nobody replaces them behind their back", () => {
    const incident = after(...led);
    assert.deepEqual(says(incident, bob, { type: "handover", role: "commander", user: carol }), {
      refused: "not-yours",
      role: "commander",
      holders: [alice],
    });
    for (const intent of [
      { type: "offer-role", role: "commander", user: bob },
      { type: "offer-role", role: "commander", user: carol },
      { type: "invite", role: "commander", users: [carol] },
      { type: "invite", role: "commander", users: [dave] },
    ] as const) {
      const decision = says(incident, bob, intent);
      assert.ok("refused" in decision && decision.refused === "not-entitled", JSON.stringify(intent));
    }
  });
});

describe("handing another role over", () => {
  test("is for its holder, who need not say which where there is one", () => {
    assert.deepEqual(says(after(...led), bob, { type: "handover", user: carol }), [
      { type: "handover-begun", data: { role: "deputy", user: carol } },
    ]);
    assert.deepEqual(says(after(...led), carol, { type: "handover", user: bob }), {
      refused: "not-yours",
      holders: [],
    });
  });

  test("names it where there are several", () => {
    const two = after(...gives(alice, "scribe", bob), ...gives(alice, "comms", bob));
    assert.deepEqual(says(two, bob, { type: "handover", user: carol }), {
      refused: "several-roles",
      roles: ["scribe", "comms"],
    });
  });
});
