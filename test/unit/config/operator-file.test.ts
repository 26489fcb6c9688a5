import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { loadSigningKey } from "../../../src/service/signing-key.ts";
import { temporaryFolder } from "../../support/folder.ts";

const folder = await temporaryFolder();
const pipe = join(folder, "pipe");
execFileSync("mkfifo", [pipe]);
const large = join(folder, "large");
writeFileSync(large, "#".repeat(5_000_000));

const cases = [
  { what: "a device without an end", path: "/dev/zero", words: "is a pipe or a device; name a file" },
  { what: "a pipe that nobody writes to", path: pipe, words: "is a pipe or a device; name a file" },
  {
    what: "a large file",
    path: large,
    words: "is larger than 1 MB, which no file of this kind is; check the path",
  },
  { what: "a folder", path: folder, words: "is a folder; name the file in it" },
];

for (const { what, path, words } of cases) {
  for (const [read, named] of [
    [loadConfig, "configuration"],
    [loadSigningKey, "key of archives"],
  ] as const) {
    test(`${what} is no ${named}, and is told of at once`, () => {
      assert.throws(
        () => read(path),
        (error) => error instanceof ConfigError && error.problems[0]?.message === words,
      );
    });
  }
}
