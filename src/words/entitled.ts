import { usageOf } from "../chat/command.ts";
import { commands } from "../chat/commands.ts";
import { type Incident, isRunning, type State } from "../incident/incident.ts";
import type { IntentType } from "../incident/intent.ts";
import { type Circle, entitledTo, permissionOf } from "../incident/permissions.ts";
import type { RoleName } from "../incident/policy.ts";
import type { Refusal } from "../incident/refusal.ts";
import { code, line, type Rich, type Span } from "./rich.ts";
import { clockFrom } from "./time.ts";
import { listed, people, person, type View } from "./view.ts";

/** What an intent is, behind "Only the commander …". */
const doing: Readonly<Record<IntentType, string>> = {
  report: "reports an incident",
  declare: "opens an incident",
  activate: "declares what was reported",
  cancel: "calls an incident off",
  enter: "enters an incident uninvited",
  invite: "invites people",
  remove: "takes people out",
  "offer-role": "gives out roles",
  "accept-role": "accepts a role",
  "decline-role": "declines a role",
  volunteer: "volunteers",
  "confirm-role": "confirms a volunteer",
  "refuse-role": "refuses a volunteer",
  handover: "hands command over",
  takeover: "takes command over",
  "release-role": "gives a role back",
  "change-severity": "changes the severity",
  "change-title": "changes the title",
  "state-impact": "says what the impact is",
  update: "puts updates on the card",
  record: "writes on the timeline",
  correct: "corrects the timeline, or says when something happened",
  redact: "has messages removed",
  mark: "puts messages on the timeline",
  unmark: "takes messages from the timeline",
  "add-task": "gives out tasks",
  "give-task": "passes tasks on",
  "acknowledge-task": "acknowledges a task",
  "finish-task": "says that a task is done",
  "drop-task": "drops a task",
  mitigate: "says that it is mitigated",
  relapse: "says that it is back",
  close: "ends an incident",
  reopen: "opens an incident again",
  archive: "archives an incident",
};

/** Whom a circle of the table means. */
const circles: Readonly<Record<Circle, string>> = {
  declarers: "whoever may open incidents",
  members: "everyone in the incident",
  posters: "everyone in the incident who may write in its room",
  asked: "whoever was asked to take a role",
  reporter: "in triage whoever reported it",
  administrators: "an administrator of this service",
  entered: "an administrator who has entered it",
};

/** Who may want something, as the table has it: `the commander or the deputy`. */
export function whoWords(intent: IntentType): string {
  const { roles, also, archived } = permissionOf(intent);
  const later =
    archived === undefined ? "" : `; once it is archived ${either(archived.roles, archived.also)}`;
  return `${either(roles, also)}${later}`;
}

function either(roles: readonly RoleName[], also: readonly Circle[]): string {
  return listed([...roles.map((role) => `the ${role}`), ...also.map((circle) => circles[circle])], "or");
}

type NotEntitled = Extract<Refusal, { refused: "not-entitled" }>;

/** Only somebody else may: who that is, and what remains where they are gone. */
export function notEntitled(refusal: NotEntitled, incident: Incident | undefined, view: View): Rich {
  const { intent, roles, holders } = refusal;
  if (permissionOf(intent).also.includes("posters")) return onlyPosters(incident, view);
  const now: readonly Span[] =
    roles.length === 0
      ? []
      : holders.length === 0
        ? [" Nobody is at the moment."]
        : [holders.length === 1 ? " That is " : " They are ", ...people(holders, view), "."];
  return [
    [`Only ${either(roles, circlesIn(incident?.state, intent))} ${doing[intent]}.`, ...now],
    ...wayOut(refusal, incident, view),
    // Whoever stated a time may also just not state it.
    ...(intent === "correct"
      ? [line`To add a line, without a time: ${code(`${view.prefix} note <text>`)}`]
      : []),
  ];
}

/** Whom else the table means in a state. Break-glass is for those who know of it. */
function circlesIn(state: State | undefined, intent: IntentType): readonly Circle[] {
  return entitledTo(intent, state).also.filter(
    (circle) => circle !== "entered" && circle !== "members" && (circle !== "reporter" || state === "triage"),
  );
}

/** What remains where nobody is there who may, or where only the commander may and is gone. */
function wayOut(
  { roles: [role], holders: [holder], takeoverFrom }: NotEntitled,
  incident: Incident | undefined,
  view: View,
): Rich {
  if (holder === undefined) {
    return role !== undefined && incident !== undefined && isRunning(incident)
      ? [line`To be it yourself: ${code(`${view.prefix} volunteer ${role}`)}`]
      : [];
  }
  if (takeoverFrom === undefined) return [];
  const from = clockFrom(takeoverFrom, view.timeZone);
  return [
    line`If ${person(holder, view)} is gone: ${code(`${view.prefix} takeover commander <reason>`)} (possible from ${from}).`,
  ];
}

function onlyPosters(incident: Incident | undefined, view: View): Rich {
  if (incident?.state === "over" || incident?.state === "cancelled") {
    return [[`It is ${incident.state}: commander and deputy can still write, everybody else reads.`]];
  }
  return [
    ["Observers read along; they write nothing."],
    line`To take part, offer yourself, here: ${code(`${view.prefix} volunteer ${incident?.id ?? "INC-…"} <role>`)}`,
  ];
}

/** The ways from one state to another, in the order in which an incident takes them. */
const ways = ["activate", "mitigate", "relapse", "close", "cancel", "reopen", "archive"] as const;

/** What an incident is, what is possible from there, and by whom. */
export function wrongState(state: State, view: View): Rich {
  if (state === "archived") return final("is archived", view);
  const onwards = ways.filter((way) => permissionOf(way).states.includes(state));
  return [
    [`It is ${state}, so that cannot be done now. What can:`],
    ...onwards.map((way) => {
      const who = either(permissionOf(way).roles, circlesIn(state, way));
      return line`${code(`${view.prefix} ${usage(way)}`)} – ${who}`;
    }),
  ];
}

/** Nothing more is done with an incident. */
export function final(is: string, view: View): Rich {
  return [
    [`This incident ${is}: nothing can be changed any more.`],
    line`What comes later is a new one: ${code(`${view.prefix} new <title>`)}, in a direct chat with me.`,
  ];
}

function usage(intent: IntentType): string {
  const command = commands.find(({ who }) => typeof who === "object" && who.want === intent);
  return command === undefined ? "help" : usageOf(command);
}
