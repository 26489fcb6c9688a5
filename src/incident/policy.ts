import type { UserId } from "./ids.ts";
import type { Severity } from "./severity.ts";

/** The name of a role as configured: `commander`, `deputy`, `scribe` … */
export type RoleName = string;

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
  /** Who may hold it, as the patterns of the configuration: shown to people, decided by `mayHold`. */
  readonly eligible: readonly string[];
}

/**
 * The rules of this installation, taken from its configuration. The questions about people are functions,
 * so that the core needs to know nothing of patterns and servers.
 */
export interface Policy {
  readonly roles: ReadonlyMap<RoleName, Role>;
  /** How long a person has to accept an offered role, in milliseconds. */
  readonly acceptWithinMs: number;
  /** How often an update is due, in milliseconds; absent where no cadence is kept. */
  readonly updateEveryMs: Readonly<Partial<Record<Severity, number>>>;
  /** From `over` to the archive, in milliseconds. */
  readonly graceMs: number;
  /** May this person be in an incident at all? */
  isMember(user: UserId): boolean;
  mayDeclare(user: UserId): boolean;
  mayHold(role: RoleName, user: UserId): boolean;
  isAdministrator(user: UserId): boolean;
}

/** Whether something that holds `in` certain severities holds in this one. */
export function holdsIn(condition: InSeverities | undefined, severity: Severity): boolean {
  if (condition === undefined) return false;
  // An incident of unknown severity is treated as the second most severe until somebody says.
  const effective = severity === "unknown" ? "sev2" : severity;
  return condition === "always" || condition.includes(effective);
}
