import assert from "node:assert/strict";
import fc from "fast-check";
import { isRefusal } from "../../src/incident/decision.ts";
import type { Fact } from "../../src/incident/fact.ts";
import type { EventId, UserId } from "../../src/incident/ids.ts";
import { holders, type Incident, isOnRoster } from "../../src/incident/incident.ts";
import type { Intent, Observation } from "../../src/incident/intent.ts";
import { loopOf } from "../../src/incident/policy.ts";
import { ownersOf } from "../../src/incident/work.ts";
import { archived, bob, joins, room, type Story, sealed } from "./incident.ts";
import {
  aboutOneself,
  aboutPeople,
  aboutTheIncident,
  always,
  atWork,
  message,
  onRecord,
  person,
  role,
  text,
  time,
} from "./wishes.ts";

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
  | { readonly move: "acknowledge" | "take-words"; readonly nth: number }
  | { readonly move: "hold"; readonly who: UserId; readonly command: EventId }
  | { readonly move: "answer-held"; readonly nth: number; readonly accepts: boolean; readonly intent: Intent }
  | { readonly move: "brief" | "join" | "archive" | "restart" }
  | { readonly move: "pass" | "outage"; readonly ms: number };

const part = fc.constantFrom("topic", "name");
const oftenEnough = fc.constantFrom(1, loopOf.changes);
const command = fc.constantFrom<EventId>("$three", "$four", "$five");

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
  fc.constant({ type: "tasks-due" } as const),
  fc.record({ type: always("message-removed"), message, by: person, spoken: fc.boolean() }),
  fc.record({ type: always("caught-up"), user: person }),
  fc.constant({ type: "grace-ended" } as const),
);

/** Likely things often, what ends a story seldom. */
export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutOneself }) },
  { weight: 3, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutPeople }) },
  { weight: 3, arbitrary: fc.record({ move: always("say"), who: person, intent: aboutTheIncident }) },
  { weight: 18, arbitrary: fc.record({ move: always("lead"), intent: aboutPeople }) },
  { weight: 10, arbitrary: fc.record({ move: always("lead"), intent: aboutTheIncident }) },
  { weight: 6, arbitrary: fc.record({ move: always("say"), who: person, intent: onRecord }) },
  { weight: 6, arbitrary: fc.record({ move: always("say"), who: person, intent: atWork }) },
  { weight: 6, arbitrary: fc.record({ move: always("lead"), intent: fc.oneof(onRecord, atWork) }) },
  { weight: 10, arbitrary: fc.record({ move: always("see"), seen }) },
  { weight: 1, arbitrary: fc.constant({ move: "see", seen: { type: "room-encrypted" } } as const) },
  { weight: 12, arbitrary: fc.record({ move: always("answer"), nth: fc.nat(3), accepts: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ move: fc.constantFrom("acknowledge", "take-words"), nth: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ move: always("hold"), who: person, command }) },
  {
    weight: 3,
    arbitrary: fc.record({
      move: always("answer-held"),
      nth: fc.nat(1),
      accepts: fc.boolean(),
      intent: fc.oneof(onRecord, aboutTheIncident),
    }),
  },
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
        told.see({ type: "drifted", what: made.what, by: made.by, event: "$drift" });
      }
      break;
    case "answer": {
      const offer = incident.offers[made.nth % incident.offers.length];
      const type = made.accepts ? "accept-role" : "decline-role";
      if (offer !== undefined) say(told, incident, offer.user, { type, role: offer.role });
      break;
    }
    case "acknowledge": {
      const task = incident.tasks[made.nth % incident.tasks.length];
      const [user] = task === undefined ? [] : ownersOf(incident, task);
      if (task !== undefined && user !== undefined) {
        say(told, incident, user, { type: "acknowledge-task", task: task.number });
      }
      break;
    }
    case "take-words": {
      const said = incident.timeline[made.nth % incident.timeline.length]?.message;
      if (said !== undefined) told.take([{ type: "message-removed", message: said, by: bob, spoken: true }]);
      break;
    }
    case "hold":
      if (mayBeAsked(incident, made)) told.hold(made.who, made.command);
      break;
    case "answer-held": {
      const held = incident.held[made.nth % incident.held.length];
      if (held !== undefined) told.answerHeld(held.command, made.accepts ? made.intent : undefined);
      break;
    }
    case "brief":
      for (const { role, user } of incident.offers) {
        told.take([{ type: "brief-given", role, user, brief: "$brief" }]);
      }
      break;
    case "join":
      for (const user of Object.keys(incident.people) as readonly UserId[]) {
        if (isOnRoster(incident, user)) told.take(joins(user));
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

/** What was typed once is held once, and nothing of an incident that is closing. */
function mayBeAsked(incident: Incident, { who, command }: { who: UserId; command: EventId }): boolean {
  const isAsked = incident.held.some((held) => held.command === command);
  return isOnRoster(incident, who) && incident.closing === undefined && !isAsked;
}

function say(told: Story, incident: Incident, who: UserId, intent: Intent): void {
  const written = told.entries.length;
  const decision = told.take([who, intent]);
  if (isRefusal(decision)) {
    assert.equal(told.entries.length, written);
    assert.deepEqual(told.incident, incident, "a refusal changes nothing");
  } else {
    const isRemoval = intent.type === "redact" && incident.state === "archived";
    assert.ok(isRemoval || incident.state !== "archived", "what is archived is final");
    assert.ok(isOnRoster(incident, who) || intent.type === "enter" || isRemoval, "nobody acts from outside");
  }
}

function speaksOnce(facts: readonly Fact[]): void {
  const said = facts.filter(({ type }) => /reminded|reported|lapsed/.test(type));
  const matters = said.map(({ type, data }) => JSON.stringify([type.split("-")[0], data]));
  assert.equal(new Set(matters).size, matters.length, "after an outage each matter is spoken of once");
}
