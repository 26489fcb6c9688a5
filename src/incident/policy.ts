import type { UserId } from "./ids.ts";
import type { Severity } from "./severity.ts";

/** The name of a role as configured: `commander`, `deputy`, `scribe` … */
export type RoleName = string;

/** The role of everyone in an incident who was given no other. */
export const baseRole = "responder";
/** The roles that ask nothing of a person: given without being offered, gone when a real one comes. */
const plainRoles: readonly RoleName[] = ["responder", "observer"];

/** Whether a role is given with the invitation, and not offered. */
export function isPlain(role: RoleName): boolean {
  return plainRoles.includes(role);
}

/** A condition that holds always, never, or in incidents of certain severities. */
export type InSeverities = "always" | readonly Severity[];

/** What a role is: who may hold it, when it is needed, and what power it gives in the room. */
export interface Role {
  readonly name: RoleName;
  /** `one` person at a time, or any number. */
  readonly holders: "one" | "many";
  /** In which severities an incident must have had a holder before it is over. */
  readonly required: InSeverities;
  /** The power level of its holders in the incident's room, 0 to 60. */
  readonly level: number;
  /** Roles that its holder may not hold at the same time, with the severities in which that counts. */
  readonly excludes: Readonly<Record<RoleName, InSeverities>>;
  /** Who may hold it, as the configuration says: shown to people, decided by `mayHold`. */
  readonly eligible: readonly string[];
  /** What its holders may do beyond everyone's, where that is not what the table of permissions says. */
  readonly rights?: readonly string[];
}

/** A checklist: tasks without an owner that an incident of certain severities begins with. */
export interface Playbook {
  readonly name: string;
  readonly version: string;
  readonly severities: InSeverities;
  readonly items: readonly string[];
}

/**
 * The rules of this installation, taken from its configuration. The questions about people are functions,
 * so that the core needs to know nothing of patterns and servers.
 */
export interface Policy {
  readonly roles: ReadonlyMap<RoleName, Role>;
  /** How long a person has to accept an offered role, in milliseconds. */
  readonly acceptWithinMs: number;
  /** How long a commander writes nothing before the deputy can take over, in milliseconds. */
  readonly silentAfterMs: number;
  /** How long a required role is vacant before that is said, and how long between reminders. */
  readonly vacancyFirstMs: number;
  readonly vacancyAgainMs: number;
  /** How often an update is due, in milliseconds; absent where no cadence is kept. */
  readonly updateEveryMs: Readonly<Partial<Record<Severity, number>>>;
  /** The same once the incident is mitigated. */
  readonly updateEveryMitigatedMs: Readonly<Partial<Record<Severity, number>>>;
  /** How long between the reminders of an update that is late, in milliseconds. */
  readonly remindAgainMs: number;
  /** How long an owner has to acknowledge a task, in milliseconds. */
  readonly taskAnswerMs: number;
  readonly playbooks: readonly Playbook[];
  /** From `over` to the archive, in milliseconds. */
  readonly graceMs: number;
  /** May this person be in an incident at all? */
  isMember(user: UserId): boolean;
  mayDeclare(user: UserId): boolean;
  mayHold(role: RoleName, user: UserId): boolean;
  isAdministrator(user: UserId): boolean;
}

/** How often a vacancy is reminded of before the administrators are told. */
export const mostReminders = 5;
/** So many changes of one thing within a minute are a loop with somebody who keeps changing it back. */
export const loopOf = { changes: 5, withinMs: 60_000 } as const;
/**
 * How long what is contested is left alone, in milliseconds. Roles are power by the power levels, so these are
 * soon put back again.
 */
export function contestedMs(what: string): number {
  return what === "power levels" ? 10_000 : 600_000;
}

/** So many people invited at once are a crowd, of whom one summary is told. */
export const crowdFrom = 11;

/** How long a command that was asked about can still be confirmed, in milliseconds. */
export const heldMs = 3_600_000;

/** The power level from which one may post in the room of a running incident. */
export const mayPostLevel = 10;
/** The power level from which one may still post when it is over: commander and deputy. */
export const mayPostLateLevel = 55;

/** The required roles of an incident of this severity. */
export function requiredRoles(policy: Policy, severity: Severity): readonly Role[] {
  return [...policy.roles.values()].filter((role) => holdsIn(role.required, severity));
}

/** Whether two roles may not be held by one person at this severity; said by either of them. */
export function areExclusive(policy: Policy, severity: Severity, a: RoleName, b: RoleName): boolean {
  // Who deputises is there for the case that the commander is not.
  const pair = a === "commander" ? b : b === "commander" ? a : undefined;
  return (
    pair === "deputy" ||
    holdsIn(policy.roles.get(a)?.excludes[b], severity) ||
    holdsIn(policy.roles.get(b)?.excludes[a], severity)
  );
}

/** Whether something that holds `in` certain severities holds in this one. */
export function holdsIn(condition: InSeverities | undefined, severity: Severity): boolean {
  if (condition === undefined) return false;
  // An incident of unknown severity is treated as the second most severe until somebody says.
  const effective = severity === "unknown" ? "sev2" : severity;
  return condition === "always" || condition.includes(effective);
}
