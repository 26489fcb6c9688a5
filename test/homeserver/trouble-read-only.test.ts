import assert from "node:assert/strict";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { incidentId } from "../../src/incident/ids.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare } from "../support/incident-room.ts";
import { journal, newInstallation, readiness, reading, startService, until } from "../support/service.ts";

/**
 * Every database that is opened here, to be made read-only while it is open: a file system whose files are
 * being written can only be made so by its own failure, or by pulling it away.
 */
const opened = new Set<Sqlite.Database>();
const { pragma } = Sqlite.prototype;
Sqlite.prototype.pragma = function (this: Sqlite.Database, ...asked: Parameters<typeof pragma>) {
  opened.add(this);
  return pragma.apply(this, asked);
};
const makeReadOnly = (how: boolean) => {
  for (const database of opened) if (database.open) database.pragma(`query_only = ${Number(how)}`);
};

const installation = await newInstallation({ grace: "1h" });
const service = await startService(installation);
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const { room } = await declare(alice, bot, "sev4 A pump that leaks");

test("a database that can only be read is told of, and what was said meanwhile is done afterwards", async (t) => {
  await command(alice, room, bot, "!inc note before");
  makeReadOnly(true);
  const typed = await alice.say(room, "!inc note meanwhile");
  await until(async () => !(await readiness(service.url)).ready, "the service saying what is wrong");
  const { status, words } = await readiness(service.url);
  assert.equal(status, 503);
  assert.match(words, /the database can only be read; let it be written again/);
  const mended = Date.now();
  makeReadOnly(false);
  assert.equal(await answerTo(alice, room, bot, typed), "✅");
  t.diagnostic(`the answer came ${Date.now() - mended} ms after it could be written`);
  await until(async () => (await readiness(service.url)).ready, "the service being ready again");
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
  assert.deepEqual(notes, ["before", "meanwhile"]);
  const { aside, waiting } = await reading(config, inboxFigures);
  assert.deepEqual({ aside, waiting }, { aside: 0, waiting: 0 });
  const told = service.log.filter((line) => line.includes('"level":50'));
  assert.equal(told.length, 1, told.join(""));
});
