import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { resolveRoles } from "../../../src/config/role.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import { planPowerLevels } from "../../../src/room/power-levels.ts";
import { matchesGolden } from "../../support/golden.ts";
import {
  alice,
  archived,
  bob,
  bot,
  carol,
  dave,
  gives,
  known,
  led,
  over,
  policy,
  type Step,
  sealed,
  underWay,
} from "../../support/incident.ts";

const erin: UserId = "@erin:bank.example";
const frank: UserId = "@frank:bank.example";

/** A house with a role of its own and a stronger deputy than usual. */
const house: Policy = {
  ...policy,
  roles: resolveRoles(
    { deputy: { level: 59 }, liaison: { level: 30, holders: "many" } },
    { members: ["@*:bank.example"], commanders: ["@*:bank.example"] },
  ),
};

/** Alice commands, Bob deputises; Carol, Erin and Frank have lesser roles, and Dave reads along. */
function cast(third: string): readonly Step[] {
  return [
    ...led,
    [alice, { type: "invite", users: [dave], role: "observer" }],
    [alice, { type: "invite", users: [erin, frank] }],
    ...gives(alice, "scribe", carol),
    ...gives(alice, third, erin),
  ];
}

const offered: Step = [alice, { type: "offer-role", role: "ops", user: dave }];
const volunteered: Step = [dave, { type: "volunteer", role: "ops" }];
const mitigated: Step = [alice, { type: "mitigate", how: "switched over" }];
const cancelled: Step = [alice, { type: "cancel", reason: "false-alarm" }];
const closing: Step = [alice, { type: "archive" }];

/** Every shape that an incident's room takes. */
function states(rules: Policy, third: string): Readonly<Record<string, Incident>> {
  const after = (...steps: readonly Step[]) => known(underWay(rules).tell(...cast(third), ...steps));
  return {
    triage: { ...after(), state: "triage" },
    active: after(),
    "active, a role offered to who could not write": after(offered),
    "active, offered by who could not write": after(volunteered),
    mitigated: after(mitigated),
    over: after(over),
    cancelled: after(cancelled),
    closing: after(over, closing),
    archived: after(over, ...sealed, archived),
  };
}

const houses = [
  { roles: "the default roles", file: "", rules: policy, incidents: states(policy, "ops") },
  { roles: "a house's own roles", file: "-own", rules: house, incidents: states(house, "liaison") },
];

for (const version of ["10", "11", "12"]) {
  for (const { roles, file, rules, incidents } of houses) {
    test(`the power levels of a room of version ${version} with ${roles}, state by state`, () => {
      const pages = Object.entries(incidents).map(([name, incident]) => {
        const levels = Object.entries(planPowerLevels(incident, rules, bot, version));
        const lines = levels.map(([key, level]) => `  ${key}: ${JSON.stringify(level)}\n`);
        return `${name}\n${lines.join("")}`;
      });
      matchesGolden(
        join(import.meta.dirname, `power-levels-v${version}${file}.golden.txt`),
        pages.join("\n"),
      );
    });
  }
}

test("nobody human is above 60, whatever a role's definition says", () => {
  const roles = resolveRoles(
    { ops: { level: 99 } },
    { members: ["@*:bank.example"], commanders: ["@*:bank.example"] },
  );
  for (const incident of Object.values(states({ ...policy, roles }, "ops"))) {
    for (const version of ["10", "12"]) {
      const { [bot]: _, ...humans } = planPowerLevels(incident, { ...policy, roles }, bot, version).users;
      assert.ok(Object.values(humans).every((level) => level <= 60));
    }
  }
});

test("the creator is listed up to version 11, and never from 12 on", () => {
  for (const incident of Object.values(states(policy, "ops"))) {
    assert.equal(planPowerLevels(incident, policy, bot, "10").users[bot], 1000);
    assert.equal(planPowerLevels(incident, policy, bot, "11").users[bot], 1000);
    assert.ok(!(bot in planPowerLevels(incident, policy, bot, "12").users));
  }
});

test("when it is over only commander and deputy can write, and once it closes nobody human can", () => {
  const posters = Object.entries(states(policy, "ops")).map(([name, incident]) => {
    const { users, events_default: needed } = planPowerLevels(incident, policy, bot, "12");
    return [name, [alice, bob, carol, dave, erin, frank].filter((user) => (users[user] ?? 0) >= needed)];
  });
  const everyone = [alice, bob, carol, erin, frank];
  assert.deepEqual(Object.fromEntries(posters), {
    triage: everyone,
    active: everyone,
    "active, a role offered to who could not write": [alice, bob, carol, dave, erin, frank],
    "active, offered by who could not write": everyone,
    mitigated: everyone,
    over: [alice, bob],
    cancelled: [alice, bob],
    closing: [],
    archived: [],
  });
});
