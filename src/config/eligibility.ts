import * as v from "valibot";
import { type Access, resolveAccess } from "./access.ts";
import { type Document, problemAt } from "./document.ts";
import type { Eligible } from "./eligible.ts";
import { isRoomName } from "./names.ts";
import { keyOf, type Path } from "./path.ts";
import { meansOne, patternsMeet, type UserPattern } from "./pattern.ts";
import type { Problem } from "./problem.ts";
import { isRequired, leads, type Role, resolveRoles } from "./role.ts";
import { type Definitions, definitionsIn } from "./role-contradictions.ts";
import { accessSchema } from "./schema.ts";
import { holdsIn, type Severity, severities } from "./severity.ts";

/** Required roles that nobody could have, and such as would be left to one person who may not have both. */
export function unfillableRoles(document: Document): readonly Problem[] {
  const read = v.safeParse(accessSchema, document.value);
  if (!read.success) return [];
  const access = resolveAccess(read.output);
  const definitions = definitionsIn(document);
  const written: Written = { document, definitions, access };
  const required = [...resolveRoles(definitions, access).values()].filter(isRequired);
  return [...leftToNobody(written, required), ...leftToOne(written, required)];
}

/** Administrators who are no members: nothing could ever bring them into an incident. */
export function strandedAdministrators(
  document: Document,
  { administrators, members }: Access,
): readonly Problem[] {
  return administrators.flatMap((pattern, index) => {
    if (isAmong(pattern, members)) return [];
    const message =
      "means nobody in access.members, and so nobody who could enter an incident; add them there";
    return [problemAt(document, ["access", "administrators", index], "value", message)];
  });
}

interface Written {
  readonly document: Document;
  readonly definitions: Definitions;
  readonly access: Access;
}

/** A list can leave several roles to nobody: each list is named once. */
function leftToNobody(written: Written, required: readonly Role[]): readonly Problem[] {
  const { document, access } = written;
  const empty = required.filter(({ eligible }) => !eligible.some((item) => isAmong(item, access.members)));
  const lists = Map.groupBy(empty, (role) => keyOf(listOf(role, written)));
  return [...lists.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const names = conjunction.format([first, ...others].map(({ name }) => name));
    const message = `leaves nobody to be ${names}, and incidents require that; name a room, or somebody who is in access.members`;
    return [problemAt(document, listOf(first, written), "value", message)];
  });
}

/** Where different people can hold them, roles may exclude each other as they like. */
function leftToOne(written: Written, required: readonly Role[]): readonly Problem[] {
  return required.flatMap((role, index) =>
    required.slice(0, index).flatMap((other) => {
      const person = onlyPerson(role);
      if (person === undefined || person !== onlyPerson(other)) return [];
      const impossible = severities.filter((severity) => collide(role, other, severity));
      if (impossible.length === 0) return [];
      const message = `leaves ${other.name} and ${role.name} to ${person} alone, who may not be both in ${conjunction.format(impossible)}, where both are required; name somebody else too`;
      return [problemAt(written.document, listOf(role, written), "value", message)];
    }),
  );
}

const conjunction = new Intl.ListFormat("en-GB");

/** The list that says who may have a role: its own, or the one that it follows. */
function listOf({ name }: Role, { definitions, access }: Written): Path {
  if (definitions[name]?.eligible !== undefined) return ["roles", "definitions", name, "eligible"];
  return ["access", leads(name) && access.commanders !== access.members ? "commanders" : "members"];
}

/** Whether one of the members could be meant. Who is in a room is not known here. */
function isAmong(eligible: Eligible, members: readonly UserPattern[]): boolean {
  return isRoomName(eligible) || members.some((pattern) => patternsMeet(eligible, pattern));
}

function onlyPerson({ eligible }: Role): UserPattern | undefined {
  const [only, ...others] = new Set(eligible);
  if (only === undefined || others.length > 0 || isRoomName(only)) return undefined;
  return meansOne(only) ? only : undefined;
}

/** Whether an incident of that severity requires both roles of people who may not be both. */
function collide(one: Role, other: Role, severity: Severity): boolean {
  const exclusions = [one.excludes[other.name], other.excludes[one.name]];
  return (
    [one.required, other.required].every((required) => holdsIn(required, severity)) &&
    exclusions.some((exclusion) => holdsIn(exclusion, severity))
  );
}
