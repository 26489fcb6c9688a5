import type { Entry } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { Incident } from "../incident/incident.ts";
import type { Policy } from "../incident/policy.ts";
import { type Announcement, leadOf, notice, page } from "./announcement.ts";
import { removalOrdered } from "./archive.ts";
import { ask, stillVacant, taken, takenOver, unanswered, vacancyReported, vacant } from "./asking.ts";
import { briefWords } from "./brief.ts";
import { cancelWords } from "./card.ts";
import { contested, drifted } from "./drift.ts";
import {
  crowdInvited,
  departed,
  intruded,
  notInvited,
  notInvitedBefore,
  removed,
  withdrawn,
} from "./membership.ts";
import { howToUnencrypt } from "./places.ts";
import { roomFound } from "./restored.ts";
import { code, line, type Rich, strong } from "./rich.ts";
import { askOwner, overdue, ownerSilent, updateLate } from "./tasks.ts";
import { clock, duration } from "./time.ts";
import { actor, person, severityName, type View } from "./view.ts";

/** What an entry gives to say, under the entry's number. */
export type Said = Announcement & { readonly seq: number };

/**
 * What a change gives to say. What the card can show is not said as well, so most entries give nothing; what
 * a change brings several times is said once, under the first of them.
 *
 * @param entries what the change added to the journal
 * @param incident as it is after the change
 */
export function announce(
  entries: readonly Entry[],
  incident: Incident,
  policy: Policy,
  view: View,
): readonly Said[] {
  return entries.flatMap((entry) => {
    const said = announceOne(entry, entries, incident, policy, view);
    return [said ?? []].flat().map((each): Said => ({ ...each, seq: entry.seq }));
  });
}

function announceOne(
  entry: Entry,
  change: readonly Entry[],
  incident: Incident,
  policy: Policy,
  view: View,
): Announcement | readonly Announcement[] | undefined {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  const at = clock(entry.eventAt, view.timeZone);
  switch (entry.type) {
    case "role-offered":
    case "role-volunteered":
    case "handover-briefed":
    case "role-reminded":
      return ask(entry.data, incident, policy, view);
    case "handover-begun": {
      const brief = { ...entry.data, at: entry.eventAt };
      return { ...notice(briefWords(incident, brief, view)), brief };
    }
    case "role-accepted":
      return taken(entry, incident, view);
    case "role-taken-over":
      return takenOver(entry, incident, view);
    case "role-declined":
    case "role-lapsed":
      return unanswered(entry, incident, view);
    case "role-released":
      return released(entry.data, incident, view);
    case "role-vacant": {
      const all = change.filter((each) => each.type === "role-vacant");
      const roles = all.map(({ data }) => data.role);
      return entry === all[0] ? vacant(roles, incident, view) : undefined;
    }
    case "vacancy-reminded":
      return stillVacant({ role: entry.data.role, at: entry.eventAt }, incident, policy, view);
    case "vacancy-reported":
      return vacancyReported({ role: entry.data.role, at: entry.eventAt }, incident, view);
    case "severity-changed": {
      const { from, to, reason } = entry.data;
      return notice([line`${strong(severityName(to))} now, was ${severityName(from)}: ${reason}`]);
    }
    case "activated":
      return page([
        line`${strong("Declared")} at ${at} by ${actor(entry.actor, view)}: ${severityName(entry.data.severity)}.`,
      ]);
    case "task-added":
    case "task-given":
    case "task-reminded":
      return askOwner(taskOf(entry, incident), incident, view);
    case "task-unanswered":
      return ownerSilent(entry.data.task, incident, view);
    case "tasks-overdue":
      return overdue(entry.data, incident, view);
    case "update-reminded":
      return updateLate(entry.data, incident, view);
    case "updated":
      return notice([line`${strong("Update")} by ${actor(entry.actor, view)}: ${entry.data.text}`]);
    case "mitigated":
      return notice([
        line`${strong("Mitigated")} since ${at}, by ${actor(entry.actor, view)}.`,
        line`If it comes back: ${type("relapse <reason>")}`,
        line`When it is over, the commander types ${type("over <summary>")}`,
      ]);
    case "relapsed":
      return page(
        [
          line`${strong("Active again")} since ${at}: ${entry.data.reason}`,
          line`When the harm has stopped: ${type("mitigated <how>")}`,
        ],
        leadOf(incident),
      );
    case "over":
      return ended([line`${strong("Over")} since ${at}.`], policy.graceMs, view, { reopens: true });
    case "cancelled":
      return ended(
        [line`${strong("Cancelled")} at ${at}: ${cancelWords(entry.data)}`],
        policy.graceMs,
        view,
        { reopens: false },
      );
    case "reopened":
      return page([
        line`${strong("Open again")} since ${at}, by ${actor(entry.actor, view)}: ${entry.data.reason}`,
      ]);
    case "invitations-sent":
      return crowdInvited(entry.data, view);
    case "room-created":
      return notInvitedBefore(incident, view);
    case "invite-failed": {
      const all = change.filter((each) => each.type === "invite-failed");
      return entry === all[0] ? notInvited(all, incident, view) : undefined;
    }
    case "invitation-withdrawn":
      return withdrawn(entry.data, incident, policy, view);
    case "entered":
      return page([
        line`${person(entry.data.user, view)}, an administrator, has entered this incident: ${entry.data.reason}`,
        ["This stands in the archive."],
      ]);
    case "left":
      return departed(entry.data, view);
    case "removed":
      return removed(entry, incident, view);
    case "intruder-removed":
      return intruded(entry.data.user, incident, view);
    case "drift":
      // What somebody keeps changing back is left alone, and was spoken of when that began.
      if (entry.data.what in incident.contested) return undefined;
      return drifted(entry.data, incident, view);
    case "drift-left":
      return contested(entry.data, incident, view);
    case "redaction-ordered":
      // Before the archive its tick, and the gap in the room, say it all.
      return incident.state === "archived" ? removalOrdered(entry, view) : undefined;
    case "room-found":
      return roomFound(entry.data, incident, view);
    case "room-unusable":
      return page([
        [
          "The homeserver encrypted this room, so the incident cannot be run in it: the record would be blind.",
        ],
        howToUnencrypt,
      ]);
    default:
      return undefined;
  }
}

function released(
  { role, user, excludedBy }: FactOf<"role-released">["data"],
  incident: Incident,
  view: View,
): Announcement | undefined {
  if (excludedBy === undefined) return notice([line`${person(user, view)} has given back ${role}.`]);
  // That whoever commands deputises no more goes without saying.
  if (role === "deputy" && excludedBy === "commander") return undefined;
  const text = line`${person(user, view)} is ${role} no longer: nobody is both ${excludedBy} and ${role} at ${severityName(incident.severity)}.`;
  return page([text], [user, ...leadOf(incident).filter((lead) => lead !== user)]);
}

function ended(said: Rich, graceMs: number, view: View, { reopens }: { readonly reopens: boolean }) {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  return notice([
    ...said,
    ["Commander and deputy can still write; everybody else reads."],
    graceMs === 0
      ? ["It is archived now."]
      : line`It is archived in ${duration(graceMs)}, or at once: ${type("archive")}`,
    ...(reopens && graceMs > 0 ? [line`To go on with it before that: ${type("reopen <reason>")}`] : []),
    ...(reopens ? [] : [line`If it is one after all, in a direct chat with me: ${type("new <title>")}`]),
  ]);
}

/** The number of the task that an entry is about; a new one has the last. */
function taskOf(
  entry: Entry & (FactOf<"task-added"> | FactOf<"task-given"> | FactOf<"task-reminded">),
  incident: Incident,
): number {
  if (entry.type !== "task-added") return entry.data.task;
  return incident.tasks.find((task) => task.seq === entry.seq)?.number ?? 0;
}
