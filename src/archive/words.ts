import type { Entry } from "../incident/entry.ts";
import type { Severity } from "../incident/severity.ts";

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
  return entry.actor === "cordon" ? "Cordon" : nameOf(entry.actor);
}

/** An entry in words. What this version does not know is told by its type, quietly, and never left out. */
export function describe(entry: Entry, nameOf: NameOf): Line {
  switch (entry.type) {
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
    case "mitigated":
      return mark("Mitigated", entry.data.how);
    case "over":
      return mark("Over", entry.data.summary);
    case "role-accepted": {
      const { role, user, from } = entry.data;
      const title = `${nameOf(user)} is ${role}`;
      return mark(from === undefined || from === user ? title : `${title}, after ${nameOf(from)}`);
    }
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
      return quiet(`${nameOf(entry.data.user)} left the room`, entry.data.reason);
    case "intruder-removed":
      return quiet(`${nameOf(entry.data.user)} removed: nobody had invited them`);
    case "role-offered":
      return quiet(`${nameOf(entry.data.user)} asked to be ${entry.data.role}`);
    case "role-reminded":
      return quiet(`${nameOf(entry.data.user)} asked again to be ${entry.data.role}`);
    case "role-declined":
      return quiet(`${nameOf(entry.data.user)} declined to be ${entry.data.role}`);
    case "role-lapsed":
      return quiet(`${nameOf(entry.data.user)} did not answer about being ${entry.data.role}`);
    case "drift":
      return quiet(`${nameOf(entry.data.by)} changed the room's ${entry.data.what}; Cordon put it back`);
    case "archiving":
      return quiet("The room was locked for the archive");
    case "sealed":
      return quiet("The record was sealed");
    default:
      return quiet(entry.type);
  }
}

function mark(title: string, text?: string): Line {
  return { title, weight: "mark", ...(text === undefined ? {} : { text }) };
}

function quiet(title: string, text?: string): Line {
  return { title, weight: "quiet", ...(text === undefined ? {} : { text }) };
}
