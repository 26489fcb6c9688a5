import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const repository = resolve(import.meta.dirname, "../..");

/** The folders of `npm run test:quick`, as `bin/task.js` names them. */
const [, folders = ""] =
  /^const quick = \[(.*)\];$/m.exec(readFileSync(join(repository, "bin/task.js"), "utf8")) ?? [];

/** What starts a homeserver, a database server or a browser. */
const slow = ["homeserver", "postgres", "chromium"].map((name) => `test/support/${name}.ts`);

/** The files that a file imports, directly and through others, each with the one that imports it. */
function reachedFrom(file: string, reached = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import) ?\(?"(\.[^"]+\.ts)"/g)) {
    const path = join(dirname(file), name);
    if (reached.has(path) || !existsSync(path)) continue;
    reached.set(path, file);
    reachedFrom(path, reached);
  }
  return reached;
}

test("what runs in test:quick starts no homeserver, no database server and no browser", () => {
  const files = folders
    .split(",")
    .flatMap((folder) => globSync(`${folder.trim().replaceAll('"', "")}/**/*.test.ts`, { cwd: repository }));
  assert.ok(files.length > 50, folders);
  for (const path of slow) assert.ok(existsSync(join(repository, path)), path);
  for (const file of files) {
    const reached = reachedFrom(join(repository, file));
    for (const path of slow) {
      const by = reached.get(join(repository, path));
      assert.equal(by, undefined, `${file} reaches ${path} by ${relative(repository, by ?? "")}`);
    }
  }
});
