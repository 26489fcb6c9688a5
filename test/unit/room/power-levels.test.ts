import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Incident } from "../../../src/incident/incident.ts";
import { planPowerLevels } from "../../../src/room/power-levels.ts";
import { matchesGolden } from "../../support/golden.ts";
import {
  after,
  alice,
  archived,
  bob,
  bot,
  carol,
  dave,
  led,
  over,
  policy,
  sealed,
} from "../../support/incident.ts";

const cast = [...led, [alice, { type: "invite", users: [dave], role: "observer" }]] as const;
const states: Readonly<Record<string, Incident>> = {
  active: after(...cast),
  "active, a role offered to who could not write": after(...cast, [
    alice,
    { type: "offer-role", role: "ops", user: dave },
  ]),
  over: after(...cast, over),
  closing: after(...cast, over, [alice, { type: "archive" }]),
  archived: after(...cast, over, ...sealed, archived),
};

for (const version of ["10", "11", "12"]) {
  test(`the power levels of a room of version ${version}, state by state`, () => {
    const pages = Object.entries(states).map(([name, incident]) => {
      const levels = planPowerLevels(incident, policy, bot, version);
      return `${name}\n${JSON.stringify(levels, null, 2)}\n`;
    });
    matchesGolden(join(import.meta.dirname, `power-levels-v${version}.golden.txt`), pages.join("\n"));
  });
}

test("the creator is listed up to version 11, and never from 12 on", () => {
  for (const incident of Object.values(states)) {
    assert.equal(planPowerLevels(incident, policy, bot, "10").users[bot], 1000);
    assert.equal(planPowerLevels(incident, policy, bot, "11").users[bot], 1000);
    assert.ok(!(bot in planPowerLevels(incident, policy, bot, "12").users));
  }
});

test("when it is over only commander and deputy can write, and once it closes nobody human can", () => {
  const may = (incident: Incident | undefined) => {
    if (incident === undefined) return [];
    const { users, events_default: needed } = planPowerLevels(incident, policy, bot, "12");
    return [alice, bob, carol, dave].filter((user) => (users[user] ?? 0) >= needed);
  };
  assert.deepEqual(may(states.active), [alice, bob, carol]);
  assert.deepEqual(may(states.over), [alice, bob]);
  assert.deepEqual(may(states.closing), []);
  assert.deepEqual(may(states.archived), []);
});

test("whoever was asked to take a role can answer in the room", () => {
  const incident = after(...cast, [
    alice,
    { type: "invite", users: ["@erin:bank.example"], role: "observer" },
  ]);
  const asked = after(
    ...cast,
    [alice, { type: "invite", users: ["@erin:bank.example"], role: "observer" }],
    [alice, { type: "offer-role", role: "responder", user: "@erin:bank.example" }],
  );
  assert.equal(planPowerLevels(incident, policy, bot, "12").users["@erin:bank.example"], undefined);
  assert.equal(planPowerLevels(asked, policy, bot, "12").users["@erin:bank.example"], 10);
});
