import * as v from "valibot";
import { nearest } from "../text/nearest.ts";
import { type Document, problemAt } from "./document.ts";
import type { Path } from "./path.ts";
import type { Problem } from "./problem.ts";
import { sentence, shown } from "./reading.ts";
import { describe } from "./setting.ts";
import { child, inner, keysOf, type Schema } from "./shape.ts";

/** What a document holds, where all of it can be used, and everything that is wrong with it. */
export interface Validated<Output> {
  /** Absent as soon as there is a problem. */
  readonly settings?: Output;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Checks a document against a schema: keys, kinds and values, all at once. */
export function validate<Output>(
  document: Document,
  schema: v.GenericSchema<unknown, Output>,
): Validated<Output> {
  const misshapen = shapeProblems(document, document.value, schema, []);
  const result = v.safeParse(schema, document.value);
  const wrong = (result.issues ?? []).map((issue) => issueProblem(document, schema, issue));
  // What is wrong inside a group that is none has been said with the group.
  const values = wrong.filter(({ key = "" }) => !misshapen.some((group) => isWithin(key, group.key ?? "")));
  const problems = inFileOrder([...document.problems, ...misshapen, ...values]);
  return problems.length === 0 && result.success ? { settings: result.output, problems } : { problems };
}

/** The same problems in the order in which a reader of the file meets them. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  const start = { line: 0, column: 0 };
  return problems.toSorted(
    ({ position: a = start }, { position: b = start }) => a.line - b.line || a.column - b.column,
  );
}

/** Keys that are not known, and things that are not groups where a group belongs. */
function shapeProblems(document: Document, value: unknown, schema: Schema, path: Path): Problem[] {
  const group = keysOf(schema);
  if (group === undefined || value === undefined || (value === null && group.mayBeEmpty)) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = `is ${shown(value)}, not a group of keys; write each key in a line of its own, indented below it`;
    return [problemAt(document, path, "value", message)];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = child(schema, key);
    if (known !== undefined) return shapeProblems(document, inner, known, [...path, key]);
    return group.takesOthers ? [] : [unknownKey(document, [...path, key], group.names)];
  });
}

function unknownKey(document: Document, path: Path, known: readonly string[]): Problem {
  const meant = nearest(String(path.at(-1)), known);
  const message = sentence({ wrong: "is no key that is known here", meant }, `known are ${known.join(", ")}`);
  return problemAt(document, path, "key", message);
}

function issueProblem(document: Document, schema: Schema, issue: v.BaseIssue<unknown>): Problem {
  const steps = issue.path ?? [];
  const path = steps.map(({ key }) => (typeof key === "number" ? key : String(key)));
  const aboutKey = steps.at(-1)?.origin === "key";
  const isMissing = aboutKey && issue.type.endsWith("object");
  const message = isMissing ? explainMissing(schema, path) : issue.message;
  return problemAt(document, path, aboutKey ? "key" : "value", message);
}

function explainMissing(schema: Schema, path: Path): string {
  const missing = path.reduce<Schema | undefined>((group, key) => group && child(group, String(key)), schema);
  const { allowed } = missing === undefined ? {} : describe(inner(missing));
  const names = missing && keysOf(missing)?.names;
  return `is missing; ${allowed ?? `write it with the keys ${names?.join(", ")}`}`;
}

function isWithin(key: string, group: string): boolean {
  return group === "" || key === group || key.startsWith(`${group}.`) || key.startsWith(`${group}[`);
}
