import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Entry } from "../../../src/incident/entry.ts";
import type { Fact } from "../../../src/incident/fact.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { loopOf, type Policy } from "../../../src/incident/policy.ts";
import { announce } from "../../../src/words/announcements.ts";
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
  minute,
  noon,
  over,
  policy,
  room,
  type Step,
  Story,
  sealed,
  stranger,
  underWay,
  view,
} from "../../support/incident.ts";
import { matchesPage, type Sayings, shownMessage } from "./page.ts";

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

const made: Step = [{ type: "room-created", room, version: "12", encrypted: false }];
const comesIn = (user: UserId): Step => [{ type: "member-joined", user }];
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
const drifts = (by: UserId, what = "power levels"): Step => [
  { type: "drifted", what, by, event: "$drift", at: noon },
];
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
const crowdComes: readonly Step[] = [
  [alice, { type: "invite", users: crowd }],
  [{ type: "invite-refused", user: "@person0:bank.example", reason: "M_FORBIDDEN" }],
];

/** A story, and the rules of the house it plays in. */
interface Told {
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
  fromNothing([by, { type: "report", title: "Slow" }], made, comesIn(by), ...steps);
const later = ({ story, rules }: Told, ms: number, ...steps: readonly Step[]): Told => {
  story.pass(ms);
  return { story: story.tell(...steps), rules };
};

/** For each fact the changes that bring it: the last change of each story. */
const stories: { readonly [T in Fact["type"]]: Readonly<Record<string, Told>> } = {
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
  "invitations-sent": { "": told(...crowdComes, [{ type: "invitations-sent" }]) },
  entered: { "": told([dave, { type: "enter", reason: "nobody answers the phone" }]) },
  "invite-failed": {
    "by the homeserver": told([{ type: "invite-refused", user: bob, reason: "M_FORBIDDEN" }]),
  },
  joined: { "": fromNothing(opens([bob]), made, comesIn(bob)) },
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
    "": told(comesIn(stranger)),
    "when it is over": told(...led, over, comesIn(stranger)),
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
  noted: { "": told([alice, { type: "note", text: "the provider was called" }]) },
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
    "by somebody": told(drifts(carol)),
    "in the bot's name": told(drifts(bot)),
    "of what is left alone": told(...Array.from({ length: loopOf.changes + 1 }, () => drifts(carol))),
  },
  "drift-left": {
    "that cannot be left alone for long": told(
      ...Array.from({ length: loopOf.changes }, () => drifts(carol)),
    ),
    "that can": told(...Array.from({ length: loopOf.changes }, () => drifts(bot, "name"))),
  },
  "drift-resumed": {
    "": told(...Array.from({ length: loopOf.changes }, () => drifts(carol)), [
      { type: "drift-rested", what: "power levels" },
    ]),
  },
  archiving: { "": told(...led, over, ...sealed.slice(0, 1)) },
  sealed: { "": told(...led, over, ...sealed) },
  archived: { "": told(...led, over, ...sealed, archived) },
};

/** The entries of a story's last change: those that have one cause. */
function lastChange({ entries }: Story): readonly Entry[] {
  const last = entries.at(-1)?.cause;
  return entries.filter(({ cause }) => cause === last);
}

function saidAtLast({ story, rules }: Told): string {
  const said = announce(lastChange(story), known(story), rules, houseView);
  if (said.length === 0) return "nothing is said";
  return said
    .map(({ message, to, controls = [] }) =>
      [...(to === undefined ? [] : [`where the ${to} read:`]), shownMessage(message), ...controls].join("\n"),
    )
    .join("\n");
}

test("everything the bot says by itself is on the golden page", () => {
  const chapters = Object.entries(stories).map(([fact, each]): [string, Sayings] => [
    fact,
    Object.fromEntries(Object.entries(each).map(([name, one]) => [name || fact, saidAtLast(one)])),
  ]);
  matchesPage("announcements", Object.fromEntries(chapters));
});

describe("each story ends with the fact that it stands for", () => {
  for (const [fact, each] of Object.entries(stories)) {
    test(fact, () => {
      for (const { story } of Object.values(each)) {
        assert.ok(lastChange(story).some(({ type }) => type === fact));
      }
    });
  }
});
