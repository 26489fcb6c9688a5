import type { Actor, Entry } from "../../incident/entry.ts";
import type { FactOf } from "../../incident/fact.ts";
import { recordNames } from "../../incident/facts/record.ts";
import type { Owner } from "../../incident/facts/work.ts";
import type { Severity } from "../../incident/severity.ts";

/** An entry of the journal in words. */
export interface Line {
  /** What happened, as a sentence without its end: `Severity SEV1 → SEV2`. */
  readonly title: string;
  /** What somebody wrote about it. */
  readonly text?: string;
  /** A mark is something a reader of the report looks for; the rest is how it went. */
  readonly weight: "mark" | "quiet";
}

/** Gives the name somebody is shown by. */
export type NameOf = (user: string) => string;

export function severityWord(severity: Severity): string {
  return severity === "unknown" ? "severity unknown" : severity.toUpperCase();
}

/** The name of whoever did something; the service has one too. */
export function actorName(entry: Entry, nameOf: NameOf): string {
  return nameOfActor(entry.actor, nameOf);
}

export function nameOfActor(actor: Actor, nameOf: NameOf): string {
  return actor === "cordon" ? "Cordon" : nameOf(actor);
}

/** An entry in words. What this version does not know is told by its type, quietly, and never left out. */
export function describe(entry: Entry, nameOf: NameOf): Line {
  switch (entry.type) {
    case "reported":
      return mark("Reported", entry.data.title);
    case "activated":
      return mark(`Declared as ${severityWord(entry.data.severity)}`);
    case "declared":
      return mark(`Declared as ${severityWord(entry.data.severity)}`, entry.data.title);
    case "severity-changed": {
      const { from, to, reason } = entry.data;
      return mark(`Severity ${severityWord(from)} → ${severityWord(to)}`, reason);
    }
    case "updated":
      return mark("Update", entry.data.text);
    case "noted":
      return mark("Note", entry.data.text);
    case "recorded":
      return mark(capital(recordNames[entry.data.kind]), entry.data.text);
    case "corrected":
      return mark(`Line ${entry.data.line} corrected`, entry.data.text);
    case "marked":
      return mark(`${nameOf(entry.data.sender)} said`, entry.data.text);
    case "task-added":
      return mark(`Task for ${ownerOf(entry.data.owner, nameOf)}`, entry.data.text);
    case "task-done":
      return mark(`Task ${entry.data.task} done`, entry.data.text);
    case "task-dropped":
      return mark(`Task ${entry.data.task} dropped`, entry.data.reason);
    case "playbook-started":
      return mark(`Checklist ${entry.data.name}, version ${entry.data.version}`, entry.data.items.join("\n"));
    case "redaction-ordered":
      return mark("A message was removed", entry.data.reason);
    case "impact-stated":
      return mark("Impact", entry.data.text);
    case "title-changed":
      return mark("Title changed", entry.data.to);
    case "mitigated":
      return mark("Mitigated", entry.data.how);
    case "relapsed":
      return mark("Back after it was mitigated", entry.data.reason);
    case "cancelled":
      return mark(`Cancelled: ${cancelWord(entry.data)}`, entry.data.text);
    case "reopened":
      return mark("Opened again", entry.data.reason);
    case "entered":
      return mark(`${nameOf(entry.data.user)} entered as an administrator`, entry.data.reason);
    case "removed":
      return mark(`${nameOf(entry.data.user)} taken out`, entry.data.reason);
    case "over":
      return mark("Over", entry.data.summary);
    case "role-accepted": {
      const { role, user, from } = entry.data;
      const title = `${nameOf(user)} is ${role}`;
      return mark(from === undefined || from === user ? title : `${title}, after ${nameOf(from)}`);
    }
    case "role-taken-over": {
      const { role, user, from, reason } = entry.data;
      const title = `${nameOf(user)} took over as ${role}`;
      return mark(from === undefined ? title : `${title} from ${nameOf(from)}`, reason);
    }
    case "role-vacant":
      return mark(`Nobody is ${entry.data.role}`);
    default:
      return describeQuietly(entry, nameOf);
  }
}

function describeQuietly(entry: Entry, nameOf: NameOf): Line {
  switch (entry.type) {
    case "room-created":
      return quiet(`Room made, version ${entry.data.version}`);
    case "room-unusable":
      return quiet(`Room not usable: ${entry.data.reason}`);
    case "invited": {
      const { user, role, reason } = entry.data;
      return quiet(`${nameOf(user)} invited${role === undefined ? "" : ` as ${role}`}`, reason);
    }
    case "invite-failed":
      return quiet(`${nameOf(entry.data.user)} could not be invited`, entry.data.reason);
    case "joined":
      return quiet(`${nameOf(entry.data.user)} is in the room`);
    case "left":
      return quiet(leftWords(entry.data, nameOf), entry.data.reason);
    case "crowd-invited":
      return quiet(`${entry.data.people} people are to be invited`);
    case "invitations-sent":
      return quiet(
        `Invitations are out: ${entry.data.invited} people invited, ${entry.data.failed.length} could not be`,
      );
    case "invitation-withdrawn":
      return quiet(
        `${nameOf(entry.data.by)} may not invite ${nameOf(entry.data.user)}: invitation withdrawn`,
      );
    case "intruder-removed":
      return quiet(`${nameOf(entry.data.user)} removed: nobody had invited them`);
    case "role-offered":
      return quiet(`${nameOf(entry.data.user)} asked to be ${entry.data.role}`);
    case "role-volunteered":
      return quiet(`${nameOf(entry.data.user)} offers to be ${entry.data.role}`);
    case "handover-begun":
      return quiet(`${nameOf(entry.data.user)} is to be ${entry.data.role}; the brief comes first`);
    case "handover-briefed":
      return quiet(`${nameOf(entry.data.user)} was briefed and asked to be ${entry.data.role}`);
    case "role-reminded":
      return quiet(`${nameOf(entry.data.user)} asked again to be ${entry.data.role}`);
    case "role-declined":
      return quiet(
        entry.data.volunteered === true
          ? `${nameOf(entry.data.user)} was not wanted as ${entry.data.role}`
          : `${nameOf(entry.data.user)} declined to be ${entry.data.role}`,
      );
    case "role-lapsed":
      return quiet(
        entry.data.volunteered === true
          ? `Nobody answered ${nameOf(entry.data.user)}, who had offered to be ${entry.data.role}`
          : `${nameOf(entry.data.user)} did not answer about being ${entry.data.role}`,
      );
    case "offer-withdrawn":
      return quiet(`${nameOf(entry.data.user)} is not asked to be ${entry.data.role} any more`);
    case "role-released": {
      const { role, user, excludedBy } = entry.data;
      const why = excludedBy === undefined ? "" : `, which does not go with ${excludedBy}`;
      return quiet(`${nameOf(user)} is ${role} no longer${why}`);
    }
    case "vacancy-reminded":
      return quiet(`Still nobody is ${entry.data.role}`);
    case "vacancy-reported":
      return quiet(`The administrators were told that nobody is ${entry.data.role}`);
    case "vacancy-ended":
      return quiet(`No ${entry.data.role} is needed any more`);
    case "drift":
      return quiet(`${nameOf(entry.data.by)} changed the room's ${entry.data.what}; Cordon put it back`);
    case "drift-left":
      return quiet(
        `${nameOf(entry.data.by)} keeps changing the room's ${entry.data.what}; Cordon leaves it for now`,
      );
    case "drift-resumed":
      return quiet(`Cordon looks after the room's ${entry.data.what} again`);
    case "unmarked":
      return quiet("📌 was taken away from a message");
    case "words-removed":
      return quiet("A line of the timeline lost its words: its message was removed");
    case "caught-up":
      return quiet(`${nameOf(entry.data.user)} was told what had been done so far`);
    case "command-held":
      return quiet(`${entry.data.name} was asked about before it is done (${entry.data.why})`);
    case "command-answered":
      return quiet(`What was asked about was ${entry.data.answer}`);
    case "task-given":
      return quiet(`Task ${entry.data.task} given to ${ownerOf(entry.data.owner, nameOf)}`);
    case "task-acknowledged":
      return quiet(`${nameOf(entry.data.user)} acknowledged task ${entry.data.task}`);
    case "task-reminded":
      return quiet(`The owner of task ${entry.data.task} was reminded`);
    case "task-unanswered":
      return quiet(`The commander was told that task ${entry.data.task} is not acknowledged`);
    case "tasks-overdue":
      return quiet(`Overdue: tasks ${entry.data.tasks.join(", ")}`);
    case "update-reminded":
      return quiet(`An update was due: the ${entry.data.to} was reminded`);
    case "restored":
      return quiet("The journal was put back to an older state; what follows was read again from the room");
    case "room-found":
      return quiet(foundWords(entry.data));
    case "archiving":
      return quiet("The room was locked for the archive");
    case "sealed":
      return quiet("The record was sealed");
    default:
      return quiet(entry.type);
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function ownerOf(owner: Owner, nameOf: NameOf): string {
  return "user" in owner ? nameOf(owner.user) : owner.role;
}

function foundWords({ differs }: FactOf<"room-found">["data"]): string {
  if (differs.length === 0) return "The room was read again, and is as the journal has it";
  return `The room was read again; not as the journal had it: ${differs.join(", ")}`;
}

function leftWords({ user, by }: FactOf<"left">["data"], nameOf: NameOf): string {
  return by === undefined
    ? `${nameOf(user)} left the room`
    : `${nameOf(user)} was taken out by ${nameOf(by)}`;
}

function cancelWord({ reason, of }: FactOf<"cancelled">["data"]): string {
  return of === undefined ? reason.replace("-", " ") : `${reason} of ${of}`;
}

function mark(title: string, text?: string): Line {
  return { title, weight: "mark", ...(text === undefined ? {} : { text }) };
}

function quiet(title: string, text?: string): Line {
  return { title, weight: "quiet", ...(text === undefined ? {} : { text }) };
}
