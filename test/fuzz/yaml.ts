import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ConfigError, type Position, type Problem } from "../../src/config/problem.ts";
import { anyText, edits } from "./pieces.ts";

const telling = [
  "&a [*a, *a]",
  "*a",
  "&a",
  "<<: *a",
  "!!binary x",
  "!!js/function 'x'",
  "!!set {a, b}",
  "? ",
  "? [a, b]: c",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "%TAG ! x\n",
  "\t",
  "\n\t",
  "\r",
  "\u2028",
  "\u0085",
  "\x07",
  "{",
  "}",
  "[",
  "]",
  ",",
  ": ",
  ":",
  "- ",
  "|\n",
  ">-\n ",
  "|9\n",
  '"',
  "'",
  "\\x",
  '"\\u{110000}"',
  "# ",
  "~",
  "null",
  "yes",
  ".nan",
  "-.inf",
  "0x7fffffffffffffff",
  "0o17",
  "1_000",
  "2026-11-20",
  "12:30:45",
  "__proto__: 1\n",
  "constructor: {}\n",
  "\n  ",
  "\n      ",
  "{a: ".repeat(200),
  "[".repeat(3_000),
  "- ".repeat(3_000),
  "a: &x [x,x,x,x]\nb: &y [*x,*x,*x,*x]\nc: &z [*y,*y,*y,*y]\nd: [*z,*z,*z,*z]\n",
  "x".repeat(20_000),
];

/** Changes to a YAML file that somebody might make, and that nobody would. */
export const yamlEdits = edits(fc.oneof(fc.constantFrom(...telling), fc.string({ maxLength: 3 }), anyText));

/** How the file's characters become bytes: as they should, and as they should not. */
export const encodings = fc.constantFrom(
  "utf8" as const,
  "utf8" as const,
  "latin1" as const,
  "utf16le" as const,
);

/**
 * Reads `file` with `read`, or sees that every problem is told in one line, with a place that is in the file, and
 * that none repeats a secret.
 */
export function assertReadOrExplained(
  file: string,
  read: (file: string) => unknown,
  secrets: readonly string[],
): void {
  try {
    read(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems, message } = error;
    assert.ok(problems.length > 0, "it is said what is wrong");
    assert.equal(message.split(/[\n\r]/).length, problems.length, `a line for each: ${message}`);
    for (const secret of secrets) assert.ok(!message.includes(secret), `a secret is told: ${message}`);
    assertPlaced(problems, readFileSync(file, "utf8").split("\n").length);
  }
}

function assertPlaced(problems: readonly Problem[], lines: number): void {
  for (const { position } of problems) {
    if (position === undefined) assert.equal(problems.length, 1, "only the whole file has no place in it");
    else assert.ok(isWithin(position, lines), `${JSON.stringify(position)} is a place in the file`);
  }
}

function isWithin({ line, column }: Position, lines: number): boolean {
  return line >= 1 && line <= lines && column >= 1;
}
