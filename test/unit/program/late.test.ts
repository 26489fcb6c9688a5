import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const source = join(import.meta.dirname, "../../../src");

/** Files of a service: commands end soon, and may read what lies beside them. */
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !/^(cli|demo)\//.test(file))
  .sort();

/** Which files have this in them. */
function having(what: RegExp): readonly string[] {
  return files.filter((file) => what.test(readFileSync(join(source, file), "utf8")));
}

// A service must not open a file of the program once it has started. Who adds one to these lists: read it while the
// module is loaded, and in a thread by `programText`.
test("what finds files beside itself reads them while it is loaded", () => {
  assert.deepEqual(having(/import\.meta|createRequire/), [
    "archive/pages/page.ts",
    "archive/scripts.ts",
    "program/keep.ts",
    // The name of the program as somebody types it, for commands.
    "service/program.ts",
    "service/version.ts",
    // Before a service listens, or in a command: a copy of the database is checked.
    "store/backup.ts",
  ]);
});

test("threads are started by whoever starts them from memory", () => {
  assert.deepEqual(having(/new Worker\(|child_process/), [
    "program/keep.ts",
    "program/thread.ts",
    "store/backup.ts",
  ]);
});
