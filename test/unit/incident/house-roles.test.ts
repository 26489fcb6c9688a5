import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IntentType } from "../../../src/incident/intent.ts";
import { rolesThatMay } from "../../../src/incident/permissions.ts";
import { type Policy, requiredRoles } from "../../../src/incident/policy.ts";
import { alice, bob, carol, dave, gives, known, policy, says, underWay } from "../../support/incident.ts";

describe("a house with roles of its own", () => {
  const liaison = {
    name: "liaison",
    holders: "one",
    required: ["sev3"],
    level: 30,
    excludes: { comms: "always" },
    eligible: ["@*:bank.example"],
    rights: ["invite", "update", "offer-role"],
  } as const;
  const house: Policy = { ...policy, roles: new Map([...policy.roles, ["liaison", liaison]]) };
  const told = underWay(house).tell(...gives(alice, "liaison", bob));
  const incident = known(told);

  test("asks for them by severity", () => {
    assert.deepEqual(
      requiredRoles(house, "sev3").map(({ name }) => name),
      ["commander", "liaison"],
    );
    assert.deepEqual(known(underWay(house)).vacancies.liaison?.reminders, 0);
    assert.equal(incident.vacancies.liaison, undefined);
  });

  test("lets them do what they have a right to, and nothing more", () => {
    const invites = says(incident, bob, { type: "invite", users: [dave] }, { policy: house });
    assert.ok(!("refused" in invites));
    const mitigates = says(incident, bob, { type: "mitigate", how: "x" }, { policy: house });
    assert.ok("refused" in mitigates && mitigates.refused === "not-entitled");
  });

  test("lets who may ask for roles answer volunteers too", () => {
    const incident = known(
      underWay(house).tell(...gives(alice, "liaison", bob), [carol, { type: "volunteer", role: "scribe" }]),
    );
    const confirm = { type: "confirm-role", role: "scribe", user: carol } as const;
    assert.deepEqual(says(incident, bob, confirm, { policy: house }), [
      { type: "role-accepted", data: { role: "scribe", user: carol } },
    ]);
  });

  test("keeps roles apart, whichever of them says so", () => {
    const comms = { type: "offer-role", role: "comms", user: bob } as const;
    assert.deepEqual(says(incident, alice, comms, { policy: house }), {
      refused: "excluded",
      role: "comms",
      user: bob,
      other: "liaison",
    });
  });

  test("can take rights from the roles there are", () => {
    const deputy = { ...liaison, name: "deputy", rights: ["update"] };
    const strict: Policy = { ...policy, roles: new Map([...policy.roles, ["deputy", deputy]]) };
    const may = (intent: IntentType) => rolesThatMay(intent, strict, "active");
    assert.deepEqual([may("update"), may("mitigate")], [["commander", "deputy"], ["commander"]]);
  });
});
