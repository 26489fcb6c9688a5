import assert from "node:assert/strict";
import type { Entry } from "../../../src/incident/entry.ts";
import type { Fact, FactOf } from "../../../src/incident/fact.ts";
import type { Owner } from "../../../src/incident/facts/work.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Intent, Observation } from "../../../src/incident/intent.ts";
import { loopOf, type Policy } from "../../../src/incident/policy.ts";
import { announce, type Said } from "../../../src/words/announcements.ts";
import {
  alice,
  archived,
  bob,
  bot,
  carol,
  dave,
  gives,
  joins,
  known,
  led,
  made,
  minute,
  noon,
  over,
  policy,
  removedLater,
  revised,
  room,
  type Step,
  Story,
  sealed,
  stranger,
  underWay,
  view,
} from "../../support/incident.ts";

const comms = policy.roles.get("comms") ?? assert.fail("there is no role comms");
/** A house with a role of its own, which it needs in the worst incidents. */
const house: Policy = {
  ...policy,
  roles: new Map([...policy.roles, ["legal", { ...comms, name: "legal", required: ["sev1"] }]]),
};
const houseView = { ...view, roles: [...view.roles, "legal"] };
const hasty: Policy = { ...policy, graceMs: 0 };
/** In this house only somebody who is not there may command. */
const leaderless: Policy = { ...policy, mayHold: (role) => role !== "commander" };

const leaves = (user: UserId, reason?: string): Step => [
  { type: "member-left", user, by: user, ...(reason === undefined ? {} : { reason }) },
];
const throwsOut = (by: UserId, user: UserId): Step => [{ type: "member-left", user, by }];
const asks = (role: string, user: UserId): Step => [alice, { type: "offer-role", role, user }];
const offers = (user: UserId, role: string): Step => [user, { type: "volunteer", role }];
const unanswered = (role: string, user: UserId): Step => [{ type: "offer-due", role, user }];
const vacancyDue = (role: string): Step => [{ type: "vacancy-due", role }];
const severity = (to: "sev1" | "sev2" | "sev4"): Step => [
  alice,
  { type: "change-severity", to, reason: "all regions" },
];
const drifts = (by: UserId, what = "power levels"): Observation => ({
  type: "drifted",
  what,
  by,
  event: "$drift",
});
const invites = (by: UserId, user: UserId): Step => [{ type: "member-invited", user, by }];
const opens = (people: readonly UserId[]): Step => [
  alice,
  { type: "declare", title: "Payments fail", severity: "sev3", people },
];
const takeover: Intent = { type: "takeover", role: "commander", reason: "no answer" };
const handsOver: readonly Step[] = [
  [alice, { type: "handover", role: "commander", user: bob }],
  [{ type: "brief-given", role: "commander", user: bob, brief: "$brief" }],
];
const mitigated: Step = [alice, { type: "mitigate", how: "switched over" }];
const cancels = (why: Omit<Extract<Intent, { type: "cancel" }>, "type">): Step => [
  alice,
  { type: "cancel", ...why },
];
const crowd = Array.from({ length: 12 }, (_, i): UserId => `@person${i}:bank.example`);
const crowdComes: Step = [alice, { type: "invite", users: crowd }];
const fails = (user: UserId, reason = "M_FORBIDDEN"): Step => [{ type: "invite-refused", user, reason }];
const crowdFails: readonly Step[] = [
  ...crowd.slice(0, 3).map((user) => fails(user)),
  fails("@person3:bank.example", "M_USER_DEACTIVATED"),
];
const decides: Step = [alice, { type: "record", kind: "decision", text: "roll back 214" }];
const marks: Step = [
  alice,
  { type: "mark", message: "$message", sender: bob, text: "the queue is full", sentAt: noon },
];
const asksFor = (owner: Owner, dueAt?: number): Step => [
  alice,
  { type: "add-task", owner, text: "compare the queue depth", ...(dueAt === undefined ? {} : { dueAt }) },
];
const silent: Step = [{ type: "task-unanswered", task: 1 }];
const updateDue: Step = [{ type: "update-due" }];
const putBack: Step = [{ type: "restored", until: "$last" }];
const finds = (found: FactOf<"room-found">["data"]): Step => [{ type: "room-found", ...found }];
const removal: Intent = { type: "redact", message: "$message", reason: "a password" };
const held: Fact = {
  type: "command-held",
  data: { command: "$command", name: "over", why: "late", sentAt: noon },
};
const checked: Policy = {
  ...policy,
  playbooks: [{ name: "payments", version: "3", severities: "always", items: ["call the provider"] }],
};

/** A story, and the rules of the house it plays in. */
export interface Told {
  readonly story: Story;
  readonly rules: Policy;
}
const toldIn = (rules: Policy, ...steps: readonly Step[]): Told => ({
  story: underWay(rules).tell(...steps),
  rules,
});
const told = (...steps: readonly Step[]) => toldIn(policy, ...steps);
const fromNothing = (...steps: readonly Step[]): Told => ({
  story: new Story().tell(...steps),
  rules: policy,
});
const reported = (by: UserId, ...steps: readonly Step[]) =>
  fromNothing([by, { type: "report", title: "Slow" }], made, joins(by), ...steps);
/** What was written otherwise than by a step; each fact is a change of its own. */
const writing = (...facts: readonly Fact[]): Told => {
  const story = underWay();
  for (const fact of facts) {
    story.pass(1);
    story.write(alice, [fact]);
  }
  return { story, rules: policy };
};
/** Something that is changed back as often as makes a loop. */
const repeated = (drift: Observation): Told => {
  const story = underWay();
  for (let time = 0; time < loopOf.changes; time++) {
    story.pass(1);
    story.see(drift);
  }
  return { story, rules: policy };
};
/** In a room of an older version somebody can be given the bot's own power. */
const outgrown = (...steps: readonly Step[]) =>
  fromNothing(
    opens([bob]),
    [{ type: "room-created", room, version: "11", encrypted: false }],
    ...[alice, bob, carol].map(joins),
    ...steps,
  );
const later = ({ story, rules }: Told, ms: number, ...steps: readonly Step[]): Told => {
  story.pass(ms);
  return { story: story.tell(...steps), rules };
};

/** For each fact the changes that bring it: the last change of each story. */
export const stories: { readonly [T in Fact["type"]]: Readonly<Record<string, Told>> } = {
  reported: { "": fromNothing([alice, { type: "report", title: "Slow" }]) },
  activated: {
    "with everybody invited": reported(alice, [alice, { type: "activate", severity: "sev2", people: [bob] }]),
    "of unknown severity, with two who could not be invited": reported(alice, [
      alice,
      { type: "activate", people: [stranger, "@mallory:elsewhere.example"] },
    ]),
  },
  declared: { "": fromNothing(opens([])) },
  "room-created": {
    "with everybody invited": fromNothing(opens([bob]), made),
    "with one who could not be": fromNothing(opens([bob, stranger]), made),
  },
  "room-unusable": { "": told([{ type: "room-encrypted" }]) },
  invited: { "": told([alice, { type: "invite", users: [dave] }]) },
  "invitation-withdrawn": {
    "of somebody not entitled": told(invites(carol, dave)),
    "for somebody from outside": told(invites(alice, stranger)),
    "when it is over": told(...led, over, invites(alice, dave)),
  },
  "crowd-invited": { "": told([alice, { type: "invite", users: crowd }]) },
  "invitations-sent": {
    "to everybody": told(crowdComes, [{ type: "invitations-sent" }]),
    "to all but some": told(crowdComes, ...crowdFails, [{ type: "invitations-sent" }]),
  },
  entered: { "": told([dave, { type: "enter", reason: "nobody answers the phone" }]) },
  "invite-failed": {
    "by the homeserver": told(fails(bob)),
    "while many are being invited": told(crowdComes, ...crowdFails),
  },
  joined: { "": fromNothing(opens([bob]), made, joins(bob)) },
  left: {
    "a responder, of their own": told(leaves(carol)),
    "a deputy, saying why": told(...led, leaves(bob, "shift is over")),
    "the commander": told(...led, leaves(alice)),
    "the commander, in triage": reported(alice, leaves(alice)),
    "taken out in a client": told(...led, throwsOut(alice, bob)),
    "taken out in the bot's name": told(throwsOut(bot, carol)),
  },
  removed: {
    "a responder": told([alice, { type: "remove", user: carol, reason: "not needed" }]),
    "a deputy": told(...led, [alice, { type: "remove", user: bob, reason: "not needed" }]),
    "when it is over": told(...led, over, [alice, { type: "remove", user: carol, reason: "not needed" }]),
  },
  "intruder-removed": {
    "": told(joins(stranger)),
    "when it is over": told(...led, over, joins(stranger)),
  },
  "role-offered": {
    "a vacant one": told(asks("scribe", bob)),
    "one that is held": told(...led, asks("deputy", carol)),
    "to somebody not there yet": told(asks("comms", dave)),
    "one of the house's own": toldIn(house, asks("legal", bob)),
  },
  "role-volunteered": {
    "a vacant one": told(offers(bob, "scribe")),
    "one that is held": told(...led, offers(carol, "deputy")),
  },
  "handover-begun": {
    "as little as can be known": told(...led, ...handsOver.slice(0, 1)),
    "with much to say": told(
      [alice, { type: "state-impact", text: "all card payments since 13:40" }],
      [alice, { type: "update", text: "rolled back 214" }],
      decides,
      asksFor({ user: carol }, noon + 30 * minute),
      severity("sev1"),
      asks("scribe", carol),
      ...handsOver.slice(0, 1),
    ),
    "of another role": told(...gives(alice, "scribe", bob), [bob, { type: "handover", user: carol }]),
  },
  "handover-briefed": { "": told(...led, ...handsOver) },
  "role-reminded": {
    asked: told(asks("scribe", bob), unanswered("scribe", bob)),
    volunteered: told(offers(bob, "scribe"), unanswered("scribe", bob)),
  },
  "role-accepted": {
    "by the acting commander": told([alice, { type: "accept-role" }]),
    "a vacant one": told(...gives(alice, "scribe", bob)),
    "from somebody else": told(...led, ...gives(alice, "deputy", carol)),
    "command, by the deputy": told(...led, ...handsOver, [bob, { type: "accept-role" }]),
    "to read along": told(asks("observer", carol)),
    "one of the house's own": toldIn(house, ...gives(alice, "legal", bob)),
  },
  "role-declined": {
    asked: told(asks("scribe", bob), [bob, { type: "decline-role" }]),
    volunteered: told(offers(bob, "scribe"), [alice, { type: "refuse-role", role: "scribe", user: bob }]),
  },
  "role-lapsed": {
    asked: told(asks("scribe", bob), unanswered("scribe", bob), unanswered("scribe", bob)),
    volunteered: told(offers(bob, "scribe"), unanswered("scribe", bob), unanswered("scribe", bob)),
  },
  "offer-withdrawn": {
    "": told(asks("scribe", bob), asks("scribe", carol), [carol, { type: "accept-role" }]),
  },
  "role-released": {
    "of their own": told(...led, [bob, { type: "release-role" }]),
    "because of the severity": told(
      ...gives(alice, "scribe", bob),
      ...gives(alice, "ops", bob),
      severity("sev2"),
    ),
  },
  "role-taken-over": {
    "by the deputy": later(told(...led), 10 * minute, [bob, takeover]),
    "by a responder": later(told(...led), 20 * minute, [carol, takeover]),
    "of nobody": told(...led, leaves(alice), [bob, takeover]),
  },
  "role-vacant": { "two at once": told(severity("sev1")) },
  "vacancy-reminded": {
    command: told(leaves(alice), vacancyDue("commander")),
    "command, that nobody there may take": toldIn(leaderless, vacancyDue("commander")),
    "command, in triage": reported(alice, leaves(alice), vacancyDue("commander")),
    "another role": told(severity("sev2"), vacancyDue("scribe")),
  },
  "vacancy-reported": {
    "": told(leaves(alice), ...Array.from({ length: 6 }, () => vacancyDue("commander"))),
  },
  "vacancy-ended": { "": told(severity("sev2"), severity("sev4")) },
  "severity-changed": { "": told(severity("sev4")) },
  updated: { "": told([alice, { type: "update", text: "looking" }]) },
  noted: { "": writing({ type: "noted", data: { text: "the provider was called" } }) },
  recorded: { "": told(decides) },
  corrected: { "": told(decides, [alice, { type: "correct", line: 1, text: "roll back 213" }]) },
  marked: { "": told(marks) },
  unmarked: { "": told(marks, [alice, { type: "unmark", message: "$message" }]) },
  "redaction-ordered": {
    "": told([alice, removal]),
    "from the archive": told(...led, over, ...sealed, archived, [alice, removal]),
  },
  "words-removed": {
    "": told(marks, [{ type: "message-removed", message: "$message", by: bob, spoken: true }]),
  },
  "command-held": { "": writing(held) },
  "command-answered": {
    "": writing(held, { type: "command-answered", data: { command: "$command", answer: "dropped" } }),
  },
  "caught-up": {
    "": told(decides, [alice, { type: "invite", users: [dave] }], joins(dave), [
      { type: "caught-up", user: dave },
    ]),
  },
  "playbook-started": { "": { story: new Story(checked).tell(opens([])), rules: checked } },
  "task-added": {
    "for somebody": told(asksFor({ user: bob })),
    "with a time": told(asksFor({ user: bob }, noon + 30 * minute)),
    "for oneself": told(asksFor({ user: alice })),
    "for a role": told(...gives(alice, "scribe", bob), asksFor({ role: "scribe" })),
    "for a role that nobody has": told(...led, asksFor({ role: "scribe" })),
  },
  "task-given": {
    "": told(asksFor({ user: bob }), [alice, { type: "give-task", task: 1, owner: { user: carol } }]),
  },
  "task-acknowledged": { "": told(asksFor({ user: bob }), [bob, { type: "acknowledge-task", task: 1 }]) },
  "task-reminded": { "": told(asksFor({ user: bob }), silent) },
  "task-unanswered": { "": told(...led, asksFor({ user: carol }), silent, silent) },
  "tasks-overdue": {
    "one person's": told(asksFor({ user: bob }, noon), [{ type: "tasks-due" }]),
    "several people's": told(
      ...gives(alice, "scribe", bob),
      asksFor({ role: "scribe" }, noon),
      asksFor({ user: carol }, noon),
      [{ type: "tasks-due" }],
    ),
    "nobody's": told(...led, asksFor({ role: "scribe" }, noon), [{ type: "tasks-due" }]),
  },
  "task-done": { "": told(asksFor({ user: bob }), [bob, { type: "finish-task", task: 1 }]) },
  "task-dropped": {
    "": told(asksFor({ user: bob }), [bob, { type: "drop-task", task: 1, reason: "not needed" }]),
  },
  "update-reminded": {
    "to the commander": told(...led, updateDue),
    "to the deputy": told(...led, updateDue, updateDue),
    "to the room": told(...led, updateDue, updateDue, updateDue),
  },
  "title-changed": { "": told([alice, { type: "change-title", title: "Cards fail" }]) },
  "impact-stated": { "": told([alice, { type: "state-impact", text: "all shops" }]) },
  mitigated: { "": told(mitigated) },
  relapsed: { "": told(...led, mitigated, [bob, { type: "relapse", reason: "the queue grows" }]) },
  cancelled: {
    "as a duplicate": told(cancels({ reason: "duplicate", of: "INC-0041" })),
    "as a false alarm": told(cancels({ reason: "false-alarm", text: "a test ran" })),
    "as superseded": told(cancels({ reason: "superseded" })),
    "for another reason": told(cancels({ reason: "other", text: "opened by mistake" })),
  },
  over: {
    "": told(...led, over),
    "with something missing": told(severity("sev2"), [
      alice,
      { type: "close", summary: "nobody was left to write", anyway: "nobody was left to write" },
    ]),
    "where nothing is waited for": toldIn(hasty, ...led, over),
  },
  reopened: { "": told(...led, over, [bob, { type: "reopen", reason: "the same payments fail" }]) },
  drift: {
    "by somebody": told([drifts(carol)]),
    "in the bot's name": told([drifts(bot)]),
    "that cannot be put back": outgrown([
      { type: "drifted", what: "power levels", by: carol, event: "$drift", beyond: [carol] },
    ]),
    "that cannot be put back, in the bot's name": outgrown([
      { type: "drifted", what: "power levels", by: bot, event: "$drift", beyond: [bob, carol] },
    ]),
    "for the last time": repeated(drifts(carol)),
  },
  "drift-left": {
    "that cannot be left alone for long": repeated(drifts(carol)),
    "that can": repeated(drifts(bot, "name")),
  },
  restored: { "": told(...led, putBack) },
  "room-found": {
    "and all is the same": told(...led, putBack, finds({ differs: [] })),
    "and some is not": told(
      ...led,
      putBack,
      finds({ differs: ["topic", "published roles"], roles: { scribe: [bob] } }),
    ),
    "and it is closed": told(...led, putBack, finds({ differs: ["power levels"], closed: true })),
  },
  "drift-resumed": {
    "": later(repeated(drifts(carol)), minute),
  },
  archiving: { "": told(...led, over, ...sealed.slice(0, 1)) },
  sealed: { "": told(...led, over, ...sealed) },
  archived: { "": told(...led, over, ...sealed, archived) },
  "removed-after-seal": { "": told(...led, over, ...sealed, archived, removedLater) },
  revised: { "": told(...led, over, ...sealed, archived, removedLater, revised) },
};

/** The entries of a story's last change: those that have one cause. */
export function lastChange({ entries }: Story): readonly Entry[] {
  const last = entries.at(-1)?.cause;
  return entries.filter(({ cause }) => cause === last);
}

/** What the last change of a story gives to say. */
export function saidAtLast({ story, rules }: Told): readonly Said[] {
  return announce(lastChange(story), known(story), rules, houseView);
}
