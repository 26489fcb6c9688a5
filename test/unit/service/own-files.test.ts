import assert from "node:assert/strict";
import { chmodSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { closeToOthers } from "../../../src/service/own-files.ts";
import { temporaryFolder } from "../../support/folder.ts";

test("a database is closed to others, and what a link in its place leads to is only named", async () => {
  const folder = await temporaryFolder();
  const [database, link, victim] = ["cordon.db", "cordon.db.before-x", "victim"].map((name) =>
    join(folder, name),
  );
  assert.ok(database && link && victim);
  for (const file of [database, victim]) {
    writeFileSync(file, "");
    chmodSync(file, 0o644);
  }
  symlinkSync(victim, link);
  const said: string[] = [];
  await closeToOthers(
    {
      database: { engine: "sqlite", file: database },
      archive: { folder: join(folder, "archives"), readableBy: "owner" },
    },
    { warn: (_: unknown, words?: unknown) => void said.push(String(words)) },
  );
  assert.equal(statSync(database).mode & 0o777, 0o600);
  assert.equal(statSync(victim).mode & 0o777, 0o644);
  assert.equal(said.length, 2);
  assert.match(said.join("\n"), /cordon\.db\.before-x can be read by others/);
});
