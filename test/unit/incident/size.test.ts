import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const core = join(import.meta.dirname, "../../../src/incident");
const mostLines = 300;

test(`no file of the core has more than ${mostLines} lines`, () => {
  const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  assert.ok(files.length > 20);
  const long = files.filter((name) => linesOf(name) > mostLines);
  assert.deepEqual(long, []);
});

function linesOf(name: string): number {
  return readFileSync(join(core, name), "utf8").trimEnd().split("\n").length;
}
