import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { programAsTyped } from "../../../src/service/program.ts";
import { temporaryFolder } from "../../support/folder.ts";

/** A folder with a release, one with a checkout, and folders in which a shell may look for programs. */
async function house() {
  const folder = await temporaryFolder();
  const make = (path: string, mode = 0o755) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), "", { mode });
    return join(folder, path);
  };
  const link = (path: string, to: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    symlinkSync(to, join(folder, path));
  };
  const release = make("opt/cordon 0.2/bin/cordon");
  const checkout = make("src/cordon/bin/cordon.js");
  make("node/node");
  make("other/cordon");
  link("links/cordon", release);
  link("project/node_modules/.bin/cordon", checkout);
  link("global/cordon", checkout);
  const path = (...names: readonly string[]) => names.map((name) => join(folder, name)).join(delimiter);
  return { release, checkout, path };
}

test("a program that the shell finds under its name is called by it, and by its path otherwise", async () => {
  const { release, checkout, path } = await house();
  const typed = (program: string, ...folders: readonly string[]) =>
    programAsTyped(program, { path: path(...folders), node: "/usr/lib/node 24/node" });
  assert.equal(typed(release, "node", "links"), "cordon");
  assert.equal(typed(release, "node"), `'${release}'`);
  assert.equal(typed(release, "other", "links"), `'${release}'`, "another one comes first");
  assert.equal(typed(checkout, "node", "global"), "cordon");
  assert.equal(typed(checkout, "node"), `node ${checkout}`);
  assert.equal(typed(checkout), `'/usr/lib/node 24/node' ${checkout}`, "no Node.js is found");
  assert.equal(
    typed(checkout, "node", "project/node_modules/.bin"),
    `node ${checkout}`,
    "npx alone finds it",
  );
});
