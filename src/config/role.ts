import type { Eligible } from "./eligible.ts";
import type { Right } from "./right.ts";
import type { InSeverities } from "./severity.ts";

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
  /** Who may have it, as far as they are among the members. */
  readonly eligible: readonly Eligible[];
  /** Exactly what its holders may do beyond what everyone may; absent where the service's own table says. */
  readonly rights?: readonly Right[];
}

/** What the configuration says about one role; what it leaves out stays as it was. */
export interface RoleDefinition {
  readonly holders?: "one" | "many" | undefined;
  readonly required?: InSeverities | undefined;
  readonly level?: number | undefined;
  readonly eligible?: readonly Eligible[] | undefined;
  readonly rights?: readonly Right[] | undefined;
  readonly may_not_also_be?: Readonly<Record<string, InSeverities>> | undefined;
}

/** Stands in `may_not_also_be` for every other role, also those that are defined later. */
export const anyRole = "any";

/** No human has a higher power level, so that nobody can undo what the service keeps in order. */
export const highestLevel = 60;
/** What it takes to write in the room once the incident is over. */
export const closingLevel = 55;
/** What it takes to write in the room before. */
export const postingLevel = 10;

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
  access: { readonly members: readonly Eligible[]; readonly commanders: readonly Eligible[] },
): ReadonlyMap<string, Role> {
  const names = [...new Set([...Object.keys(defaultRoles), ...Object.keys(definitions)])];
  const roles = names.map((name): Role => {
    const given = definitions[name] ?? {};
    const otherwise = defaultRoles[name] ?? newRole;
    return {
      name,
      holders: given.holders ?? otherwise.holders,
      required: given.required ?? otherwise.required,
      level: given.level ?? otherwise.level,
      excludes: spelledOut(name, given.may_not_also_be ?? otherwise.excludes, names),
      eligible: given.eligible ?? (leads(name) ? access.commanders : access.members),
      ...(given.rights && { rights: given.rights }),
    };
  });
  return new Map(roles.map((role) => [role.name, role]));
}

/** Whether holders of the role drive the incident: `access.commanders` says who that may be. */
export function leads(role: string): boolean {
  return role === "commander" || role === "deputy";
}

/** Whether an incident of any severity needs a holder. */
export function isRequired({ required }: Role): boolean {
  return required === "always" || required.length > 0;
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
