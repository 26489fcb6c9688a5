import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rights } from "../../../src/config/right.ts";
import { isRefusal } from "../../../src/incident/decision.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { Intent, IntentType } from "../../../src/incident/intent.ts";
import { type Permission, permissionOf, permissions } from "../../../src/incident/permissions.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import type { RefusalCode } from "../../../src/incident/refusal.ts";
import {
  archived,
  bot,
  clerk,
  dave,
  gives,
  known,
  noon,
  policy,
  type Step,
  Story,
  says,
  stranger,
} from "../../support/incident.ts";

/** Everyone who can stand to an incident in a way of their own, and under which name they do so here. */
const people = {
  commander: "@alice:bank.example",
  "acting commander": "@rita:bank.example",
  deputy: "@bob:bank.example",
  scribe: "@sam:bank.example",
  comms: "@cora:bank.example",
  ops: "@oscar:bank.example",
  responder: "@carol:bank.example",
  observer: "@olga:bank.example",
  asked: "@erin:bank.example",
  reporter: "@rita:bank.example",
  "no declarer": clerk,
  "administrator who entered": "@ada:bank.example",
  "administrator who was invited": "@abe:bank.example",
  "administrator who observes": "@amy:bank.example",
  administrator: dave,
  removed: "@rob:bank.example",
  left: "@leo:bank.example",
  "never there": "@nina:bank.example",
  stranger,
  bot,
} as const satisfies Readonly<Record<string, UserId>>;
type Who = keyof typeof people;

const stages = ["triage", "active", "mitigated", "over", "cancelled", "closing", "archived"] as const;
type Stage = (typeof stages)[number];

const lead: readonly Who[] = ["commander", "acting commander", "deputy"];
const writers: readonly Who[] = [
  ...lead,
  "scribe",
  "comms",
  "ops",
  "responder",
  "asked",
  "reporter",
  "no declarer",
  "administrator who entered",
  "administrator who was invited",
];
const observers: readonly Who[] = ["observer", "administrator who observes"];
const inside: readonly Who[] = [...writers, ...observers];
const declarers: readonly Who[] = inside.filter((who) => who !== "no declarer");
const commanders: readonly Who[] = ["commander", "acting commander"];
const administrating: readonly Who[] = [
  "administrator",
  "administrator who entered",
  "administrator who was invited",
  "administrator who observes",
];
const running: readonly Stage[] = ["triage", "active", "mitigated"];
const ended: readonly Stage[] = ["over", "cancelled"];

type Line = { readonly who: readonly Who[]; readonly when: readonly Stage[] };

const whoeverWrites: readonly Line[] = [
  { who: writers, when: running },
  { who: lead, when: ended },
];

/** The handbook: who may do what, and when. Written down here once more, so that no line can change unseen. */
const handbook: Readonly<Record<Exclude<IntentType, "report" | "declare">, readonly Line[]>> = {
  activate: [{ who: declarers, when: ["triage"] }],
  cancel: [
    { who: commanders, when: ["triage", "active"] },
    { who: ["reporter"], when: ["triage"] },
  ],
  enter: [{ who: ["administrator"], when: [...running, ...ended] }],
  invite: [{ who: lead, when: running }],
  remove: [{ who: lead, when: [...running, ...ended] }],
  "offer-role": [{ who: lead, when: running }],
  "accept-role": [{ who: ["asked", "acting commander"], when: running }],
  "decline-role": [{ who: ["asked"], when: running }],
  volunteer: [{ who: inside, when: running }],
  "confirm-role": [{ who: lead, when: running }],
  "refuse-role": [{ who: lead, when: running }],
  handover: [{ who: inside, when: running }],
  takeover: [{ who: [...writers, "administrator who observes"], when: running }],
  "release-role": [{ who: inside, when: running }],
  "change-severity": [{ who: lead, when: running }],
  "change-title": [{ who: lead, when: running }],
  "state-impact": [{ who: lead, when: running }],
  update: [{ who: lead, when: running }],
  record: whoeverWrites,
  correct: [{ who: [...lead, "scribe"], when: [...running, ...ended] }],
  redact: [
    { who: [...commanders, "scribe"], when: [...running, ...ended] },
    { who: [...lead, "scribe", ...administrating], when: ["archived"] },
  ],
  mark: whoeverWrites,
  unmark: whoeverWrites,
  "add-task": [{ who: writers, when: running }],
  "give-task": [{ who: writers, when: running }],
  "acknowledge-task": [{ who: inside, when: running }],
  "finish-task": [{ who: writers, when: running }],
  "drop-task": [{ who: writers, when: running }],
  mitigate: [{ who: lead, when: ["active"] }],
  relapse: [{ who: lead, when: ["mitigated"] }],
  close: [{ who: [...commanders, "administrator who entered"], when: ["active", "mitigated"] }],
  reopen: [{ who: lead, when: ["over"] }],
  archive: [{ who: commanders, when: ended }],
};

/** One intent of each kind, with nothing against it but who says it and when. */
const intents: Readonly<Record<IntentType, Intent>> = {
  report: { type: "report", title: "Cards fail" },
  declare: { type: "declare", title: "Cards fail", severity: "sev3", people: [] },
  activate: { type: "activate", people: [] },
  cancel: { type: "cancel", reason: "false-alarm" },
  enter: { type: "enter", reason: "nobody answers" },
  invite: { type: "invite", users: ["@grace:bank.example"] },
  remove: { type: "remove", user: people.ops, reason: "not needed" },
  "offer-role": { type: "offer-role", role: "ops", user: people.responder },
  "accept-role": { type: "accept-role" },
  "decline-role": { type: "decline-role" },
  volunteer: { type: "volunteer", role: "ops" },
  "confirm-role": { type: "confirm-role", role: "scribe", user: people.responder },
  "refuse-role": { type: "refuse-role", role: "scribe", user: people.responder },
  handover: { type: "handover", user: people.responder },
  takeover: { type: "takeover", role: "commander", reason: "no word" },
  "release-role": { type: "release-role" },
  "change-severity": { type: "change-severity", to: "sev4", reason: "smaller than it looked" },
  "change-title": { type: "change-title", title: "Cards fail" },
  "state-impact": { type: "state-impact", text: "nobody can pay" },
  update: { type: "update", text: "still looking" },
  record: { type: "record", kind: "note", text: "the provider was called" },
  correct: { type: "correct", line: 1, text: "the provider was told" },
  redact: { type: "redact", message: "$secret", reason: "it holds a password" },
  mark: { type: "mark", message: "$found", sender: people.ops, text: "a disk is full", sentAt: noon },
  unmark: { type: "unmark", message: "$found" },
  "add-task": { type: "add-task", owner: { user: people.ops }, text: "compare the queues" },
  "give-task": { type: "give-task", task: 1, owner: { user: people.ops } },
  "acknowledge-task": { type: "acknowledge-task", task: 1 },
  "finish-task": { type: "finish-task", task: 1 },
  "drop-task": { type: "drop-task", task: 1, reason: "not needed" },
  mitigate: { type: "mitigate", how: "switched over" },
  relapse: { type: "relapse", reason: "it came back" },
  close: { type: "close", summary: "rolled back", anyway: "enough" },
  reopen: { type: "reopen", reason: "it came back again" },
  archive: { type: "archive" },
};
const kinds = Object.keys(intents) as readonly IntentType[];

const administrators: readonly UserId[] = administrating.map((who) => people[who]);
const house: Policy = { ...policy, isAdministrator: (user) => administrators.includes(user) };

/** The reporter alone, who is acting commander until somebody accepts command. */
const alone: readonly Step[] = [
  [people.reporter, { type: "report", title: "Payments fail" }],
  [people.reporter, { type: "change-severity", to: "sev3", reason: "one region" }],
];
/** Everybody, under a commander who has accepted. */
const together: readonly Step[] = [
  ...alone,
  [people.reporter, { type: "handover", user: people.commander }],
  [{ type: "brief-given", role: "commander", user: people.commander, brief: "$brief" }],
  [people.commander, { type: "accept-role" }],
  ...(["deputy", "scribe", "comms", "ops"] as const).flatMap((role) =>
    gives(people.commander, role, people[role]),
  ),
  brings("responder", ["responder", "asked", "no declarer", "administrator who was invited"]),
  brings("observer", observers),
  brings("responder", ["removed", "left"]),
  [people["administrator who entered"], { type: "enter", reason: "to see" }],
  [people.commander, { type: "offer-role", role: "ops", user: people.asked }],
  [people.commander, { type: "remove", user: people.removed, reason: "wrong person" }],
  [{ type: "member-left", user: people.left, by: people.left }],
];

function brings(role: string, whom: readonly Who[]): Step {
  return [people.commander, { type: "invite", users: whom.map((who) => people[who]), role }];
}

/** How an incident gets to a stage, led by this commander. */
function pathTo(stage: Stage, commander: UserId): readonly Step[] {
  const activate: Step = [commander, { type: "activate", people: [] }];
  const close: Step = [commander, { type: "close", summary: "done", anyway: "enough" }];
  const archive: Step = [commander, { type: "archive" }];
  const paths: Readonly<Record<Stage, readonly Step[]>> = {
    triage: [],
    active: [activate],
    mitigated: [activate, [commander, { type: "mitigate", how: "switched over" }]],
    over: [activate, close],
    cancelled: [activate, [commander, { type: "cancel", reason: "superseded" }]],
    closing: [activate, close, archive],
    archived: [activate, close, archive, [{ type: "sealed", event: "$seal" }], archived],
  };
  return paths[stage];
}

/** An incident in each stage: one with everybody, and one with its acting commander alone. */
const incidents = stages.map((stage) => {
  const told = (steps: readonly Step[], commander: UserId) =>
    known(new Story(house).tell(...steps, ...pathTo(stage, commander)));
  return { stage, full: told(together, people.commander), bare: told(alone, people.reporter) };
});

type Outcome = "passes" | RefusalCode;

/** What the table alone refuses with. Whatever else a decision says, it has let the intent pass. */
const byTable: readonly RefusalCode[] = [
  "unseen",
  "may-not-declare",
  "enter-first",
  "already-there",
  "closing",
  "wrong-state",
  "not-entitled",
  "no-offer",
];

function opens(kind: IntentType): kind is "report" | "declare" {
  return kind === "report" || kind === "declare";
}

/** What the handbook says. Who is not of it learns nothing; then the stage counts, then who it is. */
function expected(kind: IntentType, who: Who, stage: Stage | "none"): Outcome {
  if (opens(kind)) {
    return ["no declarer", "stranger", "bot"].includes(who) ? "may-not-declare" : "passes";
  }
  if (stage === "none") return "unseen";
  if (inside.includes(who)) {
    if (kind === "enter") return "already-there";
  } else {
    if (who !== "administrator") return "unseen";
    const isOpenToThem = handbook[kind].some((line) => line.who.includes(who) && line.when.includes(stage));
    if (kind !== "enter" && !isOpenToThem) return "enter-first";
  }
  if (stage === "closing") return "closing";
  const lines = handbook[kind].filter(({ when }) => when.includes(stage));
  if (lines.length === 0) return "wrong-state";
  if (lines.some((line) => line.who.includes(who))) return "passes";
  return kind === "accept-role" || kind === "decline-role" ? "no-offer" : "not-entitled";
}

function actual(kind: IntentType, who: Who, incident: Incident | undefined): Outcome {
  const decision = says(incident, people[who], intents[kind], { policy: house });
  return isRefusal(decision) && byTable.includes(decision.refused) ? decision.refused : "passes";
}

/** Walks every cell of these kinds of intent: how many there are, and where the core says something else. */
function walk(walked: readonly IntentType[]): { readonly cells: number; readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  let cells = 0;
  const compare = (kind: IntentType, who: Who, stage: Stage | "none", incident: Incident | undefined) => {
    cells++;
    const [said, meant] = [actual(kind, who, incident), expected(kind, who, stage)];
    if (said !== meant) wrong.push(`${kind} by ${who} in ${stage}: ${said}, not ${meant}`);
  };
  for (const kind of walked) {
    for (const who of Object.keys(people) as readonly Who[]) {
      compare(kind, who, "none", undefined);
      if (opens(kind)) continue;
      for (const { stage, full, bare } of incidents) {
        compare(kind, who, stage, who === "acting commander" ? bare : full);
      }
    }
  }
  return { cells, wrong };
}

/** What the table says of an intent, and what it says instead once it is archived. */
function linesOf(kind: IntentType): readonly Partial<Permission>[] {
  const line: Permission = permissions[kind];
  return line.archived === undefined ? [line] : [line, line.archived];
}

describe("the table of permissions", () => {
  test("is the handbook: every intent by every kind of person at every stage", (t) => {
    const { cells, wrong } = walk(kinds);
    t.diagnostic(`${cells} cells walked`);
    assert.deepEqual(wrong, []);
    assert.ok(cells > 3_000);
  });

  test("declares every intent that there is", () => {
    assert.deepEqual(Object.keys(permissions).toSorted(), kinds.toSorted());
  });

  test("cannot lose a word unseen: without any one of them it is not the handbook", () => {
    for (const kind of kinds) {
      for (const line of linesOf(kind)) {
        const whole = { ...line };
        try {
          for (const part of ["roles", "also", "states"] as const) {
            for (const word of whole[part] ?? []) {
              Object.assign(line, whole, { [part]: whole[part]?.filter((other: string) => other !== word) });
              assert.notDeepEqual(walk([kind]).wrong, [], `${kind} without ${part} ${word}`);
            }
          }
        } finally {
          Object.assign(line, whole);
        }
      }
    }
  });

  test("denies what is not in it", () => {
    for (const kind of kinds) {
      const lines = linesOf(kind).map((line) => ({ line, whole: { ...line } }));
      try {
        for (const { line } of lines) Object.assign(line, { roles: [], also: [] });
        for (const who of Object.keys(people) as readonly Who[]) {
          for (const { stage, full } of incidents) {
            assert.notEqual(actual(kind, who, full), "passes", `${kind} by ${who} in ${stage}`);
          }
        }
      } finally {
        for (const { line, whole } of lines) Object.assign(line, whole);
      }
    }
  });

  test("says of a refusal who could do it now", () => {
    const [, active] = incidents;
    assert.deepEqual(says(active?.full, people.scribe, intents.update, { policy: house }), {
      refused: "not-entitled",
      intent: "update",
      roles: ["commander", "deputy"],
      holders: [people.commander, people.deputy],
    });
  });

  test("is what the configuration gives rights to", () => {
    const byRole = kinds.filter((kind) => {
      const { roles, within } = permissionOf(kind);
      return roles.length > 0 && within === undefined;
    });
    assert.deepEqual(rights.map(({ name }) => name).toSorted(), byRole.toSorted());
  });
});

test("the default roles have the levels of the handbook", () => {
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
