import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide, isRefusal } from "../../../src/incident/decide.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident, State } from "../../../src/incident/incident.ts";
import type { Intent, IntentType } from "../../../src/incident/intent.ts";
import { permissions } from "../../../src/incident/permissions.ts";
import {
  after,
  alice,
  archived,
  bob,
  carol,
  clerk,
  dave,
  led,
  noon,
  over,
  policy,
  sealed,
  stranger,
} from "../../support/incident.ts";

/** The handbook: who may do what in which state. Written out once more, so that no line can vanish unseen. */
const handbook: Readonly<
  Record<Exclude<IntentType, "declare">, { who: readonly Who[]; states: readonly Stage[] }>
> = {
  invite: { who: ["commander", "deputy"], states: ["active", "mitigated"] },
  "offer-role": { who: ["commander", "deputy"], states: ["active", "mitigated"] },
  "accept-role": { who: ["asked"], states: ["active", "mitigated"] },
  "decline-role": { who: ["asked"], states: ["active", "mitigated"] },
  "change-severity": { who: ["commander", "deputy"], states: ["active", "mitigated"] },
  update: { who: ["commander", "deputy"], states: ["active", "mitigated"] },
  note: { who: ["commander", "deputy", "responder", "asked"], states: ["active", "mitigated", "over"] },
  mitigate: { who: ["commander", "deputy"], states: ["active"] },
  close: { who: ["commander"], states: ["active", "mitigated"] },
  archive: { who: ["commander"], states: ["over"] },
};

type Who = "commander" | "deputy" | "responder" | "observer" | "asked" | "left" | "nobody" | "outsider";
type Stage = "active" | "mitigated" | "over" | "closing" | "archived";

const erin: UserId = "@erin:bank.example";
const frank: UserId = "@frank:bank.example";
const people: Readonly<Record<Who, UserId>> = {
  commander: alice,
  deputy: bob,
  responder: carol,
  observer: dave,
  asked: erin,
  left: frank,
  nobody: clerk,
  outsider: stranger,
};

const cast = [
  ...led,
  [alice, { type: "invite", users: [dave], role: "observer" }],
  [alice, { type: "invite", users: [erin] }],
  [alice, { type: "invite", users: [frank] }],
  [{ type: "member-left", user: frank, by: frank }],
] as const;
const asks = [alice, { type: "offer-role", role: "scribe", user: erin }] as const;

const stages: Readonly<Record<Stage, Incident>> = {
  active: after(...cast, asks),
  mitigated: after(...cast, asks, [bob, { type: "mitigate", how: "switched over" }]),
  over: after(...cast, asks, over),
  closing: after(...cast, over, [alice, { type: "archive" }]),
  archived: after(...cast, over, ...sealed, archived),
};

/** One intent of each kind that nothing but permission and state stands against. */
const intents: Readonly<Record<Exclude<IntentType, "declare">, Intent>> = {
  invite: { type: "invite", users: ["@grace:bank.example"] },
  "offer-role": { type: "offer-role", role: "comms", user: carol },
  "accept-role": { type: "accept-role" },
  "decline-role": { type: "decline-role" },
  "change-severity": { type: "change-severity", to: "sev4", reason: "smaller than it looked" },
  update: { type: "update", text: "still looking" },
  note: { type: "note", text: "the provider was called" },
  mitigate: { type: "mitigate", how: "switched over" },
  close: { type: "close", summary: "rolled back" },
  archive: { type: "archive" },
};

const kinds = Object.keys(intents) as (keyof typeof intents)[];

describe("every intent, by every kind of person, in every state, is as the handbook says", () => {
  for (const kind of kinds) {
    for (const stage of Object.keys(stages) as Stage[]) {
      test(`${kind} while ${stage}`, () => {
        for (const who of Object.keys(people) as Who[]) {
          const decision = decide(stages[stage], intents[kind], { actor: people[who], at: noon, policy });
          const { who: able, states } = handbook[kind];
          const allowed = able.includes(who) && states.includes(stage);
          assert.equal(isRefusal(decision), !allowed, `${who}: ${JSON.stringify(decision)}`);
        }
      });
    }
  }
});

test("the table of permissions is the handbook", () => {
  assert.deepEqual(Object.keys(permissions).toSorted(), ["declare", ...kinds].toSorted());
  for (const kind of kinds) {
    const states = permissions[kind].states.filter(
      (state: State) => state !== "triage" && state !== "cancelled",
    );
    assert.deepEqual(states, handbook[kind].states, kind);
  }
});

test("what the table of permissions leaves out is denied", () => {
  for (const kind of kinds) {
    const entry: { states: readonly State[] } = permissions[kind];
    const { states } = entry;
    entry.states = [];
    try {
      for (const incident of [stages.active, stages.over]) {
        for (const actor of Object.values(people)) {
          assert.ok(isRefusal(decide(incident, intents[kind], { actor, at: noon, policy })), kind);
        }
      }
    } finally {
      entry.states = states;
    }
  }
});

test("for who is not of the incident it does not exist, in whatever state it is", () => {
  for (const incident of Object.values(stages)) {
    for (const actor of [people.left, people.nobody, people.outsider]) {
      for (const kind of kinds) {
        const decision = decide(incident, intents[kind], { actor, at: noon, policy });
        assert.deepEqual(decision, { refused: "unseen" });
      }
    }
  }
});

test("a refusal for want of a role names who could do it now", () => {
  const decision = decide(stages.active, intents.close, { actor: carol, at: noon, policy });
  assert.deepEqual(decision, {
    refused: "not-entitled",
    intent: "close",
    who: ["commander"],
    holders: [alice],
  });
});

test("the default roles let everybody do what their power level lets them do in the room", () => {
  const levels = Object.fromEntries([...policy.roles.values()].map(({ name, level }) => [name, level]));
  assert.deepEqual(levels, {
    commander: 60,
    deputy: 55,
    scribe: 50,
    comms: 50,
    ops: 20,
    responder: 10,
    observer: 0,
  });
});
