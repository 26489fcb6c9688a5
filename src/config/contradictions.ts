import * as v from "valibot";
import { nearest } from "../text/nearest.ts";
import type { Document } from "./document.ts";
import { keyOf, type Path } from "./path.ts";
import { coversServer } from "./pattern.ts";
import type { Problem } from "./problem.ts";
import { sentence } from "./reading.ts";
import { anyRole, defaultRoles } from "./role.ts";
import { reachSchema } from "./schema.ts";

/**
 * Settings that are right by themselves and wrong together. Each question reads only what it needs, so that
 * it is answered whatever is wrong elsewhere in the file.
 */
export function contradictions(document: Document): readonly Problem[] {
  return [...databaseNamedTwice(document), ...unreachableUsers(document), ...impossibleRoles(document)];
}

/** Roles that are new but called almost like one that exists: nobody would miss the power that was meant. */
export function likenedRoles(document: Document): readonly Problem[] {
  const known = Object.keys(defaultRoles);
  return Object.keys(roleOutlines(document))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      const path = ["roles", "definitions", name];
      return meant === undefined
        ? []
        : [about(document, path, "key", `is a new role; did you mean to change ${meant}`)];
    });
}

const databaseOutline = v.object({
  database: v.object({ url: v.nonOptional(v.unknown()), url_file: v.nonOptional(v.unknown()) }),
});

function databaseNamedTwice(document: Document): readonly Problem[] {
  if (!v.is(databaseOutline, document.value)) return [];
  const path = ["database", "url_file"];
  return [about(document, path, "key", "is given together with database.url; keep one of the two")];
}

/** People of other homeservers in `access`, while rooms do not federate: they could never be invited. */
function unreachableUsers(document: Document): readonly Problem[] {
  const reach = v.safeParse(reachSchema, document.value);
  if (!reach.success || reach.output.rooms.federate) return [];
  const { server_name } = reach.output.homeserver;
  const message = `means users outside ${server_name}, whom incident rooms do not reach; leave it out, or write rooms.federate: true`;
  return Object.entries(reach.output.access).flatMap(([list, patterns = []]) =>
    patterns.flatMap((pattern, index) =>
      coversServer(pattern, server_name) ? [] : [about(document, ["access", list, index], "value", message)],
    ),
  );
}

const roleOutline = v.object({
  holders: v.optional(v.unknown()),
  may_not_also_be: v.optional(v.record(v.string(), v.unknown())),
});
const rolesOutline = v.object({ roles: v.object({ definitions: v.record(v.string(), roleOutline) }) });

type RoleOutlines = v.InferOutput<typeof rolesOutline>["roles"]["definitions"];

function roleOutlines(document: Document): RoleOutlines {
  const outline = v.safeParse(rolesOutline, document.value);
  return outline.success ? outline.output.roles.definitions : {};
}

function impossibleRoles(document: Document): readonly Problem[] {
  const outlines = roleOutlines(document);
  const names = [...new Set([...Object.keys(defaultRoles), ...Object.keys(outlines)])];
  return Object.entries(outlines).flatMap(([name, { holders, may_not_also_be = {} }]) => {
    const path = ["roles", "definitions", name];
    const excluded = Object.keys(may_not_also_be).flatMap((other) => {
      const message = explainExcluded(name, other, names);
      return message === undefined
        ? []
        : [about(document, [...path, "may_not_also_be", other], "key", message)];
    });
    if (name !== "commander" || holders !== "many") return excluded;
    const message = "is many, but an incident has one commander at a time; leave it at one";
    return [about(document, [...path, "holders"], "value", message), ...excluded];
  });
}

function explainExcluded(role: string, other: string, names: readonly string[]): string | undefined {
  if (other === role) return `is the role itself; name other roles, or ${anyRole} for all of them`;
  if (other === anyRole || names.includes(other)) return undefined;
  const mistake = { wrong: "is no role", meant: nearest(other, names) };
  return sentence(mistake, `write one of ${names.join(", ")} or ${anyRole}`);
}

function about(document: Document, path: Path, part: "key" | "value", message: string): Problem {
  const position = part === "key" ? document.keyPosition(path) : document.valuePosition(path);
  return { source: document.file, position, key: keyOf(path), message };
}
