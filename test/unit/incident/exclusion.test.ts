import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rolesOf } from "../../../src/incident/incident.ts";
import { areExclusive } from "../../../src/incident/policy.ts";
import { after, alice, bob, gives, led, minute, noon, policy, says } from "../../support/incident.ts";

describe("roles that exclude each other", () => {
  test("do so by severity: who commands a sev2 is no ops, who commands a sev3 may be", () => {
    const ops = { type: "offer-role", role: "ops", user: alice } as const;
    assert.deepEqual(says(after(), alice, ops), [
      { type: "role-accepted", data: { role: "ops", user: alice } },
    ]);
    for (const to of ["sev1", "sev2", "unknown"] as const) {
      const severe = after([alice, { type: "change-severity", to, reason: "worse" }]);
      assert.deepEqual(says(severe, alice, ops), {
        refused: "excluded",
        role: "ops",
        user: alice,
        other: "commander",
      });
    }
  });

  test("the commander is never the deputy as well", () => {
    for (const severity of ["sev1", "sev4", "unknown"] as const) {
      assert.ok(areExclusive(policy, severity, "commander", "deputy"));
    }
    assert.deepEqual(says(after(), alice, { type: "offer-role", role: "deputy", user: alice }), {
      refused: "excluded",
      role: "deputy",
      user: alice,
      other: "commander",
    });
  });

  test("the lesser is given up when the severity rises", () => {
    const both = after(
      ...gives(alice, "scribe", bob),
      [alice, { type: "offer-role", role: "ops", user: alice }],
      [alice, { type: "offer-role", role: "ops", user: bob }],
      [bob, { type: "accept-role" }],
    );
    assert.deepEqual(says(both, alice, { type: "change-severity", to: "sev1", reason: "worse" }), [
      {
        type: "severity-changed",
        data: { from: "sev3", to: "sev1", reason: "worse", nextUpdateAt: noon + 15 * minute },
      },
      { type: "role-released", data: { role: "ops", user: alice, excludedBy: "commander" } },
      { type: "role-released", data: { role: "ops", user: bob, excludedBy: "scribe" } },
      { type: "role-vacant", data: { role: "deputy" } },
    ]);
  });

  test("an observer is nothing else, and somebody who is something else is no observer", () => {
    const incident = after([alice, { type: "offer-role", role: "observer", user: bob }]);
    assert.deepEqual(rolesOf(incident, bob), ["observer"]);
    assert.deepEqual(says(after(...led), alice, { type: "offer-role", role: "observer", user: bob }), {
      refused: "excluded",
      role: "observer",
      user: bob,
      other: "deputy",
    });
    const risen = after(
      [alice, { type: "offer-role", role: "observer", user: bob }],
      ...gives(alice, "scribe", bob),
    );
    assert.deepEqual(rolesOf(risen, bob), ["scribe"]);
  });
});
