import * as v from "valibot";
import { nearest } from "../text/nearest.ts";
import { type Document, problemAt } from "./document.ts";
import type { Problem } from "./problem.ts";
import { sentence } from "./reading.ts";
import {
  anyRole,
  closingLevel,
  defaultRoles,
  isRequired,
  leads,
  postingLevel,
  type Role,
  type RoleDefinition,
  resolveRoles,
} from "./role.ts";
import { roleOutline } from "./role-setting.ts";

/** What is said about the roles, by name. What is wrong by itself counts as not said: it is told elsewhere. */
export type Definitions = Readonly<Record<string, RoleDefinition>>;

const outline = v.object({
  roles: v.object({ definitions: v.record(v.string(), v.fallback(roleOutline, {})) }),
});

/** What a document says about the roles. */
export function definitionsIn(document: Document): Definitions {
  const read = v.safeParse(outline, document.value);
  return read.success ? read.output.roles.definitions : {};
}

/** Roles that are new but called almost like one that exists: nobody would miss the power that was meant. */
export function likenedRoles(document: Document): readonly Problem[] {
  const known = Object.keys(defaultRoles);
  return Object.keys(definitionsIn(document))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      const path = ["roles", "definitions", name];
      return meant === undefined
        ? []
        : [problemAt(document, path, "key", `is a new role; did you mean to change ${meant}`)];
    });
}

/** Roles that nobody could have together with what the service needs them for. */
export function impossibleRoles(document: Document): readonly Problem[] {
  const definitions = definitionsIn(document);
  const roles = resolveRoles(definitions, { members: [], commanders: [] });
  return [...roles.values()].flatMap((role) =>
    rules
      .filter((rule) => rule.isBroken(role))
      .map(({ key, message }) =>
        problemAt(document, ["roles", "definitions", role.name, key], "value", message),
      ),
  );
}

/** Exclusions of roles that there are not. */
export function unknownExclusions(document: Document): readonly Problem[] {
  const definitions = definitionsIn(document);
  const names = [...new Set([...Object.keys(defaultRoles), ...Object.keys(definitions)])];
  return Object.entries(definitions).flatMap(([name, { may_not_also_be = {} }]) =>
    Object.keys(may_not_also_be).flatMap((other) => {
      const message = explainExcluded(name, other, names);
      const path = ["roles", "definitions", name, "may_not_also_be", other];
      return message === undefined ? [] : [problemAt(document, path, "key", message)];
    }),
  );
}

/** What would make a role of no use. The defaults keep every rule, so that `key` is always in the file. */
interface Rule {
  readonly key: keyof RoleDefinition;
  readonly message: string;
  isBroken(role: Role): boolean;
}

const rules: readonly Rule[] = [
  {
    key: "holders",
    message: "is many, but an incident has one commander at a time; leave it at one",
    isBroken: ({ name, holders }) => name === "commander" && holders === "many",
  },
  {
    key: "holders",
    message: "is one, but any number of people help or watch; leave it at many",
    isBroken: ({ name, holders }) => isCrowd(name) && holders === "one",
  },
  {
    key: "required",
    message: "is asked of those who only help or watch; require a role that has a task of its own",
    isBroken: (role) => isCrowd(role.name) && isRequired(role),
  },
  {
    key: "level",
    message: `is too low for who drives the incident: they could not write in the room once it is over; write ${closingLevel} or more`,
    isBroken: ({ name, level }) => leads(name) && level < closingLevel,
  },
  {
    key: "level",
    message: `is too low for a role that is required: its holders could not write in the room; write ${postingLevel} or more, or required: []`,
    isBroken: (role) =>
      role.level < postingLevel && isRequired(role) && !leads(role.name) && !isCrowd(role.name),
  },
  {
    key: "rights",
    message: `is given to people who cannot write in the room, and so give no command; leave it out, or write level: ${postingLevel} or more`,
    isBroken: ({ level, rights = [] }) => level < postingLevel && rights.length > 0,
  },
  {
    key: "rights",
    message:
      "leaves out close, and nobody else is sure to be there to end the incident; add close, or leave the key out",
    isBroken: ({ name, rights }) => name === "commander" && rights?.includes("close") === false,
  },
];

/** Whether a role is for whoever is there, without a task of its own. */
function isCrowd(role: string): boolean {
  return role === "responder" || role === "observer";
}

function explainExcluded(role: string, other: string, names: readonly string[]): string | undefined {
  if (other === role) return `is the role itself; name other roles, or ${anyRole} for all of them`;
  if (other === anyRole || names.includes(other)) return undefined;
  const mistake = { wrong: "is no role", meant: nearest(other, names) };
  return sentence(mistake, `write one of ${names.join(", ")} or ${anyRole}`);
}
