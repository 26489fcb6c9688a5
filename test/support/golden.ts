import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Compares a text with the golden file that holds it. With `UPDATE_GOLDEN=1` the file is written anew:
 * then its difference is what has to be read.
 */
export function matchesGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"));
}
