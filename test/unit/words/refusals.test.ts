import { test } from "node:test";
import type { Incident, State } from "../../../src/incident/incident.ts";
import type { IntentType } from "../../../src/incident/intent.ts";
import { permissionOf, permissions } from "../../../src/incident/permissions.ts";
import type { Refusal, RefusalCode } from "../../../src/incident/refusal.ts";
import { refusalWords } from "../../../src/words/refusals.ts";
import { after, alice, bob, clerk, led, minute, noon, over, stranger, view } from "../../support/incident.ts";
import { matchesPage, type Sayings, shown } from "./page.ts";

const running = after(...led);
const reported: Incident = { ...running, state: "triage" };
const severe: Incident = { ...running, severity: "sev2" };
const ended = after(...led, over);
const vacant: Incident = { ...running, roles: {} };

/** What can be refused for want of a role; everything else is everybody's, or refused with a code of its own. */
const restricted = (Object.keys(permissions) as IntentType[]).filter(
  (intent) => permissionOf(intent).roles.length > 0 || permissionOf(intent).also.includes("posters"),
);
const states = ["triage", "active", "mitigated", "over", "cancelled", "archived"] as const satisfies State[];
/** It is shown as the next full minute. */
const takeoverFrom = noon + 10 * minute + 1;

type Of<C extends RefusalCode> = Extract<Refusal, { refused: C }>;
/** A refusal, and the incident of which it speaks where that is not the one that runs. */
type Sample<C extends RefusalCode> = Of<C> | readonly [Of<C>, Incident | undefined];

const notEntitled = (intent: IntentType): Of<"not-entitled"> => {
  const { roles } = permissionOf(intent);
  const holders = [alice, bob].slice(0, roles.length);
  return { refused: "not-entitled", intent, roles, holders };
};

/** Every kind of refusal, in every form: by what it is about. */
const refusals: { readonly [C in RefusalCode]: Readonly<Record<string, Sample<C>>> } = {
  unseen: {
    "an incident": { refused: "unseen" },
    "none that could be named": [{ refused: "unseen" }, undefined],
  },
  "may-not-declare": { "": [{ refused: "may-not-declare" }, undefined] },
  "not-entitled": {
    ...Object.fromEntries(restricted.map((intent) => [intent, notEntitled(intent)])),
    activate: notEntitled("activate"),
    handover: { ...notEntitled("handover"), roles: ["commander"], holders: [alice] },
    "cancel, in triage": [notEntitled("cancel"), reported],
    "close, where it could be taken over": { ...notEntitled("close"), takeoverFrom },
    "close, where nobody commands": [{ ...notEntitled("close"), holders: [] }, vacant],
    "close, where nobody commands and one could": [
      { ...notEntitled("close"), holders: [], takeoverFrom },
      vacant,
    ],
    "record, when it is over": [notEntitled("record"), ended],
    "archive, where nobody commands": [{ ...notEntitled("archive"), holders: [] }, ended],
  },
  "enter-first": { "": { refused: "enter-first" } },
  "wrong-state": Object.fromEntries(
    states.map((state) => [
      state,
      [
        { refused: "wrong-state", intent: "mitigate", state },
        { ...running, state },
      ],
    ]),
  ),
  closing: { "": { refused: "closing" } },
  "room-unusable": { "": { refused: "room-unusable", reason: "encrypted" } },
  "unknown-role": { "": { refused: "unknown-role", role: "wizard" } },
  "not-eligible": {
    "some are": {
      refused: "not-eligible",
      role: "commander",
      user: clerk,
      eligible: ["@*.duty:bank.example", "members of #duty:bank.example"],
    },
    "nobody is": { refused: "not-eligible", role: "legal", user: clerk, eligible: [] },
  },
  outsider: { "": { refused: "outsider", user: stranger } },
  excluded: {
    "beside command": [{ refused: "excluded", role: "ops", user: alice, other: "commander" }, severe],
    "beside another role": [{ refused: "excluded", role: "scribe", user: bob, other: "ops" }, severe],
    "below what they are": { refused: "excluded", role: "observer", user: bob, other: "scribe" },
  },
  "already-holder": { "": { refused: "already-holder", role: "scribe", user: bob } },
  "already-offered": { "": { refused: "already-offered", role: "scribe", user: bob } },
  "already-there": { "": { refused: "already-there", user: bob } },
  "not-there": { "": { refused: "not-there", user: bob } },
  "not-to-be-removed": {
    "the commander": { refused: "not-to-be-removed", user: alice },
    oneself: { refused: "not-to-be-removed", user: bob },
  },
  "no-offer": { any: { refused: "no-offer" }, "of one role": { refused: "no-offer", role: "scribe" } },
  "several-offers": { "": { refused: "several-offers", roles: ["scribe", "comms"] } },
  "brief-first": { "": { refused: "brief-first", role: "commander" } },
  "no-volunteer": { "": { refused: "no-volunteer", role: "scribe", user: bob } },
  "already-volunteered": { "": { refused: "already-volunteered", role: "scribe" } },
  "not-yours": {
    "somebody else's": { refused: "not-yours", role: "deputy", holders: [bob] },
    "several people's": { refused: "not-yours", role: "ops", holders: [alice, bob] },
    "nobody's": { refused: "not-yours", role: "scribe", holders: [] },
    "none at all": { refused: "not-yours", holders: [] },
  },
  "several-roles": { "": { refused: "several-roles", roles: ["scribe", "comms"] } },
  "hand-over-instead": { "": { refused: "hand-over-instead", role: "commander" } },
  "plain-role": { "": { refused: "plain-role", role: "responder" } },
  "takeover-of-command-only": { "": { refused: "takeover-of-command-only", role: "scribe" } },
  "not-silent": { "": { refused: "not-silent", commander: alice, takeoverFrom } },
  "reason-too-short": { "": { refused: "reason-too-short", least: 10 } },
  "same-title": { "": { refused: "same-title" } },
  "duplicate-of-itself": { "": { refused: "duplicate-of-itself" } },
  "same-severity": {
    known: { refused: "same-severity", severity: "sev2" },
    unknown: { refused: "same-severity", severity: "unknown" },
  },
  "tasks-open": {
    one: { refused: "tasks-open", tasks: [3] },
    several: { refused: "tasks-open", tasks: [3, 4, 7] },
  },
  "no-line": {
    "of this number": { refused: "no-line", line: 7, lines: 3 },
    "at all": { refused: "no-line", line: 7, lines: 0 },
  },
  "before-impact": { "": { refused: "before-impact", at: noon - 40 * minute, from: noon } },
  "ends-before-it-begins": {
    "": { refused: "ends-before-it-begins", from: noon, until: noon - 40 * minute },
  },
  "no-task": {
    "of this number": { refused: "no-task", task: 7, open: [3, 4] },
    "at all": { refused: "no-task", task: 7, open: [] },
  },
  "task-ended": {
    done: { refused: "task-ended", task: 3, state: "done" },
    dropped: { refused: "task-ended", task: 3, state: "dropped" },
  },
  "not-owner": {
    "of a person": { refused: "not-owner", task: 3, owner: { user: bob } },
    "of a role": { refused: "not-owner", task: 3, owner: { role: "scribe" } },
    "of nobody": { refused: "not-owner", task: 3, owner: undefined },
  },
  "several-owners": {
    "a role of several": { refused: "several-owners", role: "ops", holders: [alice, bob] },
    "a role of everybody": { refused: "several-owners", role: "responder", holders: [] },
  },
  "roles-missing": { "": { refused: "roles-missing", roles: ["deputy", "scribe"] } },
};

test("every refusal is on the golden page", () => {
  const chapters = Object.entries(refusals).map(([code, samples]): [string, Sayings] => [
    code,
    Object.fromEntries(
      Object.entries(samples).map(([about, sample]): [string, string] => {
        const [refusal, incident] = "refused" in sample ? [sample, running] : sample;
        return [about || code, shown(refusalWords(refusal, incident, view))];
      }),
    ),
  ]);
  matchesPage("refusals", Object.fromEntries(chapters));
});
