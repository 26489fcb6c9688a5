import assert from "node:assert/strict";
import fc from "fast-check";
import { isRefusal } from "../../src/incident/decision.ts";
import { cancelReasons, type Fact } from "../../src/incident/fact.ts";
import type { UserId } from "../../src/incident/ids.ts";
import { holders, type Incident, isOnRoster } from "../../src/incident/incident.ts";
import type { Intent, Observation } from "../../src/incident/intent.ts";
import { crowdFrom, loopOf, type Policy } from "../../src/incident/policy.ts";
import { severities } from "../../src/incident/severity.ts";
import {
  alice,
  archived,
  bob,
  bot,
  carol,
  clerk,
  dave,
  minute,
  policy,
  room,
  type Story,
  sealed,
  stranger,
} from "./incident.ts";

const second = 1_000;

/** The default roles and one of the house's own, where the clerk may open incidents, but not command. */
export const house: Policy = {
  ...policy,
  mayDeclare: policy.isMember,
  roles: new Map([
    ...policy.roles,
    [
      "liaison",
      {
        name: "liaison",
        holders: "one",
        required: ["sev3"],
        level: 50,
        excludes: { scribe: "always", comms: ["sev1"] },
        eligible: [],
        rights: ["invite", "offer-role", "update"],
      },
    ],
  ]),
};

/**
 * Something that happens. Besides what anybody may say and the service may see out of the blue there is what
 * comes of the incident as it stands: somebody answers the question they were asked, its brief is given, those
 * invited join, time passes, the service is down or starts again.
 */
export type Move =
  | { readonly move: "say"; readonly who: UserId; readonly intent: Intent }
  | { readonly move: "lead"; readonly intent: Intent }
  | { readonly move: "see"; readonly seen: Observation }
  | { readonly move: "drift"; readonly what: string; readonly by: UserId; readonly times: number }
  | { readonly move: "answer"; readonly nth: number; readonly accepts: boolean }
  | { readonly move: "brief" | "join" | "archive" | "restart" }
  | { readonly move: "pass" | "outage"; readonly ms: number };

const always = <T extends string>(value: T) => fc.constant(value);
const person = fc.constantFrom(alice, bob, carol, dave, clerk, stranger, bot);
const guest = fc.constantFrom(bob, carol, dave, clerk);
const crowd = Array.from({ length: crowdFrom }, (_, nth): UserId => `@guest${nth}:bank.example`);
const role = fc.constantFrom(...house.roles.keys(), "commander", "deputy", "wizard");
const severity = fc.constantFrom(...severities, "unknown" as const);
const people = fc.array(fc.oneof({ weight: 4, arbitrary: guest }, person), { minLength: 1, maxLength: 3 });
const text = fc.constantFrom("a", "b", "for a good reason");
const part = fc.constantFrom("topic", "name");
const oftenEnough = fc.constantFrom(1, loopOf.changes);
const time = fc.constantFrom(30 * second, 2 * minute, 5 * minute, 11 * minute, 31 * minute, 24 * 60 * minute);

export const beginning: fc.Arbitrary<readonly [UserId, Intent]> = fc.tuple(
  fc.constantFrom(alice, alice, clerk),
  fc.oneof(
    fc.record({ type: always("declare"), title: text, severity, people }),
    fc.record({ type: always("report"), title: text }),
  ),
);

const aboutPeople: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("invite"), users: people }),
  fc.record({ type: always("invite"), users: fc.constant(crowd) }),
  fc.record({ type: always("invite"), users: people, role }),
  fc.record({ type: always("remove"), user: person, reason: text }),
  fc.record({ type: always("offer-role"), role, user: guest }),
  fc.record({ type: always("offer-role"), role, user: person }),
  fc.record({ type: always("handover"), user: person }),
  fc.record({ type: always("handover"), role, user: person }),
  fc.record({ type: always("confirm-role"), role, user: person }),
  fc.record({ type: always("refuse-role"), role, user: person }),
);
const aboutOneself: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("enter"), reason: text }),
  fc.record({ type: always("accept-role") }),
  fc.record({ type: always("accept-role"), role }),
  fc.record({ type: always("decline-role") }),
  fc.record({ type: always("volunteer"), role }),
  fc.record({ type: always("takeover"), role: always("commander"), reason: text }),
  fc.record({ type: always("takeover"), role, reason: text }),
  fc.record({ type: always("release-role") }),
  fc.record({ type: always("release-role"), role }),
);
const aboutTheIncident: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("activate"), people }),
  fc.record({ type: always("activate"), people, severity }),
  fc.record({ type: always("cancel"), reason: fc.constantFrom(...cancelReasons) }),
  fc.record({ type: always("change-severity"), to: severity, reason: text }),
  fc.record({ type: always("change-severity"), to: severity, reason: text }),
  fc.record({ type: always("change-title"), title: text }),
  fc.record({ type: always("state-impact"), text }),
  fc.record({ type: always("update"), text }),
  fc.record({ type: always("note"), text }),
  fc.record({ type: always("mitigate"), how: text }),
  fc.record({ type: always("relapse"), reason: text }),
  fc.record({ type: always("close"), summary: text }),
  fc.record({ type: always("close"), summary: text, anyway: text }),
  fc.record({ type: always("reopen"), reason: always("for a good reason") }),
  fc.record({ type: always("reopen"), reason: text }),
  fc.record({ type: always("archive") }),
);

const seen: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    type: always("room-created"),
    room: fc.constant(room),
    version: always("12"),
    encrypted: fc.constant(false),
  }),
  fc.record({ type: always("invite-refused"), user: person, reason: text }),
  fc.record({ type: always("member-invited"), user: person, by: person }),
  fc.record({ type: always("member-joined"), user: person }),
  fc.record({ type: always("member-left"), user: person, by: person }),
  fc.constant({ type: "invitations-sent" } as const),
  fc.record({ type: always("offer-due"), role, user: person }),
  fc.record({ type: always("vacancy-due"), role }),
  fc.constant({ type: "grace-ended" } as const),
);

/** Likely things often, what ends a story seldom. */
export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutOneself }) },
  { weight: 3, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutPeople }) },
  { weight: 3, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutTheIncident }) },
  { weight: 18, arbitrary: fc.record({ move: always("lead"), intent: aboutPeople }) },
  { weight: 10, arbitrary: fc.record({ move: always("lead"), intent: aboutTheIncident }) },
  { weight: 10, arbitrary: fc.record({ move: always("see"), seen }) },
  { weight: 1, arbitrary: fc.constant({ move: "see", seen: { type: "room-encrypted" } } as const) },
  { weight: 12, arbitrary: fc.record({ move: always("answer"), nth: fc.nat(3), accepts: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ move: fc.constantFrom("brief", "join", "archive", "restart") }) },
  { weight: 6, arbitrary: fc.record({ move: fc.constantFrom("pass", "outage"), ms: time }) },
  { weight: 3, arbitrary: fc.record({ move: always("drift"), what: part, by: person, times: oftenEnough }) },
);

/** Makes a move. A refusal must leave everything as it is; after a restart everything must be as it was. */
export function play(told: Story, incident: Incident, made: Move): void {
  switch (made.move) {
    case "say":
      say(told, incident, made.who, made.intent);
      break;
    case "lead":
      say(told, incident, holders(incident, "commander")[0] ?? bob, made.intent);
      break;
    case "see":
      told.take([made.seen]);
      break;
    case "drift":
      for (let time = 0; time < made.times; time++) {
        told.see({ type: "drifted", what: made.what, by: made.by, event: "$drift", at: told.now });
      }
      break;
    case "answer": {
      const offer = incident.offers[made.nth % incident.offers.length];
      const type = made.accepts ? "accept-role" : "decline-role";
      if (offer !== undefined) say(told, incident, offer.user, { type, role: offer.role });
      break;
    }
    case "brief":
      for (const { role, user } of incident.offers) {
        told.take([{ type: "brief-given", role, user, brief: "$brief" }]);
      }
      break;
    case "join":
      for (const user of Object.keys(incident.people) as readonly UserId[]) {
        if (isOnRoster(incident, user)) told.take([{ type: "member-joined", user }]);
      }
      break;
    case "archive":
      for (const step of [...sealed.slice(1), archived]) told.take(step);
      break;
    case "pass":
      told.pass(made.ms);
      break;
    case "outage":
      speaksOnce(told.outage(made.ms));
      break;
    case "restart":
      told.restart();
      assert.deepEqual(told.incident, incident, "the journal alone tells all");
  }
}

function say(told: Story, incident: Incident, who: UserId, intent: Intent): void {
  const written = told.entries.length;
  const decision = told.take([who, intent]);
  if (isRefusal(decision)) {
    assert.equal(told.entries.length, written);
    assert.deepEqual(told.incident, incident, "a refusal changes nothing");
  } else {
    assert.notEqual(incident.state, "archived", "what is archived is final");
    assert.ok(isOnRoster(incident, who) || intent.type === "enter", "nobody acts from outside");
  }
}

function speaksOnce(facts: readonly Fact[]): void {
  const said = facts.filter(({ type }) => /reminded|reported|lapsed/.test(type));
  const matters = said.map(({ type, data }) => JSON.stringify([type.split("-")[0], data]));
  assert.equal(new Set(matters).size, matters.length, "after an outage each matter is spoken of once");
}
