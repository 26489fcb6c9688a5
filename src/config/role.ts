import { nearest } from "../text/nearest.ts";
import type { UserPattern } from "./pattern.ts";
import { type Reading, shown } from "./reading.ts";

/** The severities that settings can be given for, the worst first. */
const severities = ["sev1", "sev2", "sev3", "sev4"] as const;
export type Severity = (typeof severities)[number];

/** When a rule holds: always, or in incidents of these severities; an empty list is never. */
export type InSeverities = "always" | readonly Severity[];

/** Who may do what, as a role: in the room by its power level, in commands by its name. */
export interface Role {
  readonly name: string;
  /** `one` person at a time, or any number. */
  readonly holders: "one" | "many";
  /** In which severities an incident needs a holder before it can be over. */
  readonly required: InSeverities;
  /** Power level of the holders in the room, 0 to 60. */
  readonly level: number;
  /** Roles that a holder may not have as well. Holds both ways, whichever of the two names it. */
  readonly excludes: Readonly<Record<string, InSeverities>>;
  readonly eligible: readonly UserPattern[];
}

/** What the configuration says about one role; what it leaves out stays as it was. */
export interface RoleDefinition {
  readonly holders?: "one" | "many" | undefined;
  readonly required?: InSeverities | undefined;
  readonly level?: number | undefined;
  readonly eligible?: readonly UserPattern[] | undefined;
  readonly may_not_also_be?: Readonly<Record<string, InSeverities>> | undefined;
}

/** Stands in `may_not_also_be` for every other role, also those that are defined later. */
export const anyRole = "any";

/** No human has a higher power level, so that nobody can undo what the service keeps in order. */
export const highestLevel = 60;

type Default = Omit<Role, "name" | "eligible">;

const inSevere = ["sev1", "sev2"] as const;

/** The roles of an installation that defines none. */
export const defaultRoles: Readonly<Record<string, Default>> = {
  commander: { holders: "one", required: "always", level: 60, excludes: { ops: inSevere } },
  deputy: { holders: "one", required: ["sev1"], level: 55, excludes: {} },
  scribe: { holders: "one", required: inSevere, level: 50, excludes: { ops: inSevere } },
  comms: { holders: "one", required: [], level: 50, excludes: {} },
  ops: { holders: "many", required: [], level: 20, excludes: { commander: inSevere, scribe: inSevere } },
  responder: { holders: "many", required: [], level: 10, excludes: {} },
  observer: { holders: "many", required: [], level: 0, excludes: { [anyRole]: "always" } },
};

/** What a role has that is new and leaves something out: the power to post, and no more. */
const newRole: Default = { holders: "many", required: [], level: 10, excludes: {} };

/** The default roles with what the configuration says about them, and the roles that it adds. */
export function resolveRoles(
  definitions: Readonly<Record<string, RoleDefinition>>,
  access: { readonly members: readonly UserPattern[]; readonly commanders: readonly UserPattern[] },
): ReadonlyMap<string, Role> {
  const names = [...new Set([...Object.keys(defaultRoles), ...Object.keys(definitions)])];
  const roles = names.map((name): Role => {
    const given = definitions[name] ?? {};
    const otherwise = defaultRoles[name] ?? newRole;
    const leads = name === "commander" || name === "deputy";
    return {
      name,
      holders: given.holders ?? otherwise.holders,
      required: given.required ?? otherwise.required,
      level: given.level ?? otherwise.level,
      excludes: spelledOut(name, given.may_not_also_be ?? otherwise.excludes, names),
      eligible: given.eligible ?? (leads ? access.commanders : access.members),
    };
  });
  return new Map(roles.map((role) => [role.name, role]));
}

/** How the severities of a rule are written, for messages and for the documentation. */
export const inSeveritiesForm = "write always or a list of severities, such as [sev1, sev2]";

/** When a rule holds: `always`, or a list of severities. */
export function readInSeverities(written: unknown): Reading<InSeverities> {
  if (written === "always") return { value: "always" };
  if (!Array.isArray(written)) return { wrong: `is ${shown(written)}`, meant: meantSeverities(written) };
  const value: Severity[] = [];
  for (const item of written) {
    const severity = severities.find((known) => known === item);
    if (severity === undefined) {
      return {
        wrong: `has ${shown(item)} in it, which is no severity`,
        meant: nearest(String(item), severities),
      };
    }
    value.push(severity);
  }
  return { value };
}

function spelledOut(
  name: string,
  excludes: Readonly<Record<string, InSeverities>>,
  names: readonly string[],
) {
  const { [anyRole]: everyOther, ...named } = excludes;
  if (everyOther === undefined) return named;
  const others = names.filter((other) => other !== name).map((other) => [other, everyOther]);
  return { ...Object.fromEntries(others), ...named };
}

function meantSeverities(written: unknown): string | undefined {
  if (typeof written !== "string") return undefined;
  const severity = nearest(written, [...severities, "always"]);
  return severity === undefined || severity === "always" ? severity : `[${severity}]`;
}
