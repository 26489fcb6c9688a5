import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal } from "../../../src/incident/decide.ts";
import { evolve, fold } from "../../../src/incident/evolve.ts";
import { holders, type Incident, isRunning } from "../../../src/incident/incident.ts";
import type { Intent, Observation } from "../../../src/incident/intent.ts";
import { severities } from "../../../src/incident/severity.ts";
import { timersOf } from "../../../src/incident/timers.ts";
import { followChain } from "../../../src/journal/chain.ts";
import { highestHuman, planPowerLevels } from "../../../src/room/power-levels.ts";
import {
  alice,
  bob,
  bot,
  carol,
  clerk,
  dave,
  policy,
  room,
  type Step,
  Story,
  stranger,
} from "../../support/incident.ts";

const person = fc.constantFrom(alice, bob, carol, dave, clerk, stranger);
const role = fc.constantFrom(...policy.roles.keys(), "wizard");
const words = fc.constantFrom("a", "b");
const severity = fc.constantFrom(...severities, "unknown" as const);

const intent: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({
    type: fc.constant("declare" as const),
    title: words,
    severity,
    people: fc.array(person, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant("invite" as const),
    users: fc.array(person, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant("invite" as const),
    users: fc.array(person, { minLength: 1, maxLength: 3 }),
    role,
  }),
  fc.record({ type: fc.constant("offer-role" as const), role, user: person }),
  fc.record({ type: fc.constant("accept-role" as const) }),
  fc.record({ type: fc.constant("accept-role" as const), role }),
  fc.record({ type: fc.constant("decline-role" as const) }),
  fc.record({ type: fc.constant("change-severity" as const), to: severity, reason: words }),
  fc.record({ type: fc.constant("update" as const), text: words }),
  fc.record({ type: fc.constant("note" as const), text: words }),
  fc.record({ type: fc.constant("mitigate" as const), how: words }),
  fc.record({ type: fc.constant("close" as const), summary: words, anyway: words }),
  fc.record({ type: fc.constant("archive" as const) }),
);

const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    type: fc.constant("room-created" as const),
    room: fc.constant(room),
    version: fc.constant("12"),
    encrypted: fc.constant(false),
  }),
  fc.record({ type: fc.constant("invite-refused" as const), user: person, reason: words }),
  fc.record({ type: fc.constant("member-invited" as const), user: person, by: person }),
  fc.record({ type: fc.constant("member-joined" as const), user: person }),
  fc.record({ type: fc.constant("member-left" as const), user: person, by: person }),
  fc.record({ type: fc.constant("offer-due" as const), role, user: person }),
  fc.constant({ type: "grace-ended" } as const),
  fc.constant({ type: "sealed", event: "$seal" } as const),
  fc.constant({ type: "archived", name: "x", digest: "y", events: 1, verdict: "proven" } as const),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(
      person,
      intent.filter(({ type }) => type !== "declare"),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(observation) },
);
const beginning: Step = [alice, { type: "declare", title: "a", severity: "sev2", people: [bob, carol] }];

/** Plays random steps, and looks at the incident after each of them. */
function always(look: (incident: Incident, before: Incident, step: Step, story: Story) => void): void {
  const steps = fc.array(step, { maxLength: 60 });
  const property = fc.property(steps, (all) => {
    const story = new Story();
    story.take(beginning);
    for (const each of all) {
      const before = story.incident;
      story.take(each);
      if (before !== undefined && story.incident !== undefined) look(story.incident, before, each, story);
    }
  });
  fc.assert(property, { numRuns: 300 });
}

test("there are never two who hold a role that only one can hold", () => {
  always((incident) => {
    for (const { name, holders: how } of policy.roles.values()) {
      if (how === "one") assert.ok(holders(incident, name).length <= 1, name);
    }
  });
});

test("there is always a commander, until that person leaves", () => {
  always((incident, before) => {
    const [commander] = holders(before, "commander");
    const gone =
      commander !== undefined && incident.people[commander]?.standing !== before.people[commander]?.standing;
    if (holders(before, "commander").length === 1 && !gone)
      assert.equal(holders(incident, "commander").length, 1);
  });
});

test("a refusal changes nothing", () => {
  const property = fc.property(fc.array(step, { maxLength: 40 }), (all) => {
    const story = new Story();
    story.take(beginning);
    for (const each of all) {
      const before = story.incident;
      const written = story.entries.length;
      if (!isRefusal(story.take(each))) continue;
      assert.equal(story.entries.length, written);
      assert.deepEqual(story.incident, before);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test("the fold of the whole journal is the incident as it grew, and the chain holds", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (all) => {
    const story = new Story();
    for (const each of [beginning, ...all]) story.take(each);
    let grown: Incident | undefined;
    for (const entry of story.entries) grown = evolve(grown, entry);
    assert.deepEqual(fold(JSON.parse(JSON.stringify(story.entries))), grown);
    assert.deepEqual(await followChain(story.entries), { head: grown?.head });
  });
  await fc.assert(property, { numRuns: 100 });
});

test("no human ever has more power than the service leaves them, and who is not there has none", () => {
  always((incident) => {
    for (const version of ["10", "11", "12"]) {
      const levels = planPowerLevels(incident, policy, bot, version);
      for (const [user, level] of Object.entries(levels.users)) {
        if (user === bot) continue;
        assert.ok(level <= highestHuman, `${user} has ${level}`);
        const standing = Object.entries(incident.people).find(([known]) => known === user)?.[1].standing;
        assert.ok(standing === "wanted" || standing === "joined", `${user} is ${standing}`);
      }
      assert.ok(
        levels.state_default > highestHuman && levels.ban > highestHuman && levels.redact > highestHuman,
      );
    }
  });
});

test("nobody who is not of the house ever comes in", () => {
  always((incident) => {
    const standing = incident.people[stranger]?.standing;
    assert.ok(standing === undefined || standing === "failed", standing);
  });
});

test("every offer has its timer, and nothing waits once the incident has ended", () => {
  always((incident) => {
    const timers = timersOf(incident, policy);
    if (isRunning(incident)) assert.equal(timers.length, incident.offers.length);
    if (incident.closing !== undefined) assert.deepEqual(timers, []);
    assert.equal(new Set(timers.map(({ key }) => key)).size, timers.length);
  });
});
