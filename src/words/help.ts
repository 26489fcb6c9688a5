import { type Command, usageOf, type Where } from "../chat/command.ts";
import { commands } from "../chat/commands.ts";
import { isShown } from "../incident/catchup.ts";
import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster, rolesOf, type State } from "../incident/incident.ts";
import type { IntentType } from "../incident/intent.ts";
import { isEntitled, refuse } from "../incident/permissions.ts";
import { isPlain, type Policy } from "../incident/policy.ts";
import { openTasks } from "../incident/work.ts";
import { code, line, type Rich } from "./rich.ts";
import type { View } from "./view.ts";

/** Where and by whom help is asked for. */
export interface Asking {
  readonly user: UserId;
  readonly where: Where;
  /** The incident it is about, where there is one that the person may see. */
  readonly incident: Incident | undefined;
}

/** What helps most in a state comes first; the rest follows in the order of the table. */
const useful: Readonly<Record<State, readonly string[]>> = {
  triage: ["enter", "accept", "declare", "cancel", "invite", "note", "status"],
  active: [
    "enter",
    "accept",
    "update",
    "task",
    "role",
    "mitigated",
    "over",
    "done",
    "note",
    "catchup",
    "volunteer",
    "tasks",
    "status",
  ],
  mitigated: [
    "enter",
    "accept",
    "over",
    "relapse",
    "update",
    "task",
    "role",
    "done",
    "note",
    "catchup",
    "volunteer",
    "tasks",
    "status",
  ],
  over: ["enter", "archive", "reopen", "note", "correct", "timeline", "status", "roles"],
  cancelled: ["enter", "archive", "note", "correct", "timeline", "status", "roles"],
  archived: ["status", "timeline", "tasks", "roles"],
};
const usefulOutside = ["new", "list", "report", "status", "catchup"];
/** As many as fit on the screen of a phone. */
const mostShown = 5;

/** The commands somebody can use here and now, the most useful first. */
export function usableCommands(asking: Asking, policy: Policy): readonly Command[] {
  const first = asking.incident === undefined ? usefulOutside : useful[asking.incident.state];
  const rank = ({ name }: Command) => (first.includes(name) ? first.indexOf(name) : first.length);
  return commands.filter((command) => isUsable(command, asking, policy)).sort((a, b) => rank(a) - rank(b));
}

function isUsable(command: Command, { user, where, incident }: Asking, policy: Policy): boolean {
  if (!command.where.includes(where)) return false;
  if (command.who === "everyone") return true;
  if (!command.aboutIncident) return policy.mayDeclare(user);
  // In a direct chat an incident can be named that this knows nothing of, but only looking is sure to help.
  if (incident === undefined) return isLook(command) && where === "direct";
  if (command.who === "members") return isOnRoster(incident, user);
  if (command.who === "readers") return true;
  const { want } = command.who;
  return (
    refuse(incident, want, user, policy) === undefined &&
    isEntitled(incident, want, user, policy) &&
    hasOccasion(want, incident, user)
  );
}

/** Whether there is anything that somebody could hand on, give back, take, finish or put right. */
function hasOccasion(intent: IntentType, incident: Incident, user: UserId): boolean {
  const held = rolesOf(incident, user).filter((role) => !isPlain(role));
  switch (intent) {
    case "handover":
      return held.length > 0;
    case "release-role":
      return held.some((role) => role !== "commander");
    case "takeover":
      return !held.includes("commander");
    case "give-task":
    case "finish-task":
    case "drop-task":
      return openTasks(incident).length > 0;
    case "correct":
      return incident.timeline.some(isShown);
    default:
      return true;
  }
}

/** The help page: what this person can do here and now, five lines of it or all. */
export function helpWords(
  asking: Asking,
  policy: Policy,
  view: View,
  options: { readonly all: boolean },
): Rich {
  const usable = usableCommands(asking, policy).filter(({ name }) => name !== "help");
  if (usable.length === 0) return [["There is nothing you can do here. Ask in a direct chat with me."]];
  const incident = asking.where === "direct" ? (asking.incident?.id ?? "INC-…") : undefined;
  const shown = options.all ? usable : usable.slice(0, mostShown);
  const more =
    shown.length < usable.length
      ? line`All you can do here: ${code(`${view.prefix} help all`)}`
      : line`More about one: ${code(`${view.prefix} help <command>`)}`;
  return [
    ...shown.map(
      (command) => line`${code(`${view.prefix} ${usageOf(command, incident)}`)} ${command.summary}`,
    ),
    more,
  ];
}

/** How one command is used. */
export function commandWords(command: Command, view: View): Rich {
  const names = command.aliases.length === 0 ? [] : [[`Also: ${command.aliases.join(", ")}`]];
  return [
    line`${code(`${view.prefix} ${usageOf(command)}`)} ${command.summary}.`,
    line`Such as: ${code(`${view.prefix} ${command.example}`)}`,
    ...names,
  ];
}

/** Whether it shows something of an incident. */
function isLook({ who }: Command): boolean {
  return who === "members" || who === "readers";
}
