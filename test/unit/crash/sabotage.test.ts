import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sabotages } from "../../crash/sabotage.ts";

for (const [name, changes] of Object.entries(sabotages)) {
  test(`the sabotage ${name} still finds what it breaks, in one place`, () => {
    for (const { file, from } of changes) {
      const program = readFileSync(new URL(`../../..${file}`, import.meta.url), "utf8");
      assert.equal(program.split(from).length, 2, `${file}: ${from}`);
    }
  });
}
