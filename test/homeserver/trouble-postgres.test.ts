import assert from "node:assert/strict";
import { after, test } from "node:test";
import pg from "pg";
import { incidentId } from "../../src/incident/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { journal, newInstallation, readiness, startService, until } from "../support/service.ts";

const postgres = await startPostgres();
const database = await postgres.createDatabase();
const installation = await newInstallation({ database, grace: "1h" });
const service = await startService(installation);
// Hooks run in this order: what was logged is compared with the database first.
after(() => postgres.stop());
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice");
const { room } = await declare(alice, bot, "sev4 A pump that leaks");

test("a database that dies is told of, and what was said meanwhile is done once it is back", async (t) => {
  await command(alice, room, bot, "!inc note before");
  const logged = service.log.length;
  await postgres.kill();
  const typed = await alice.say(room, "!inc note meanwhile");
  await until(async () => !(await readiness(service.url)).ready, "the service saying what is wrong");
  await until(async () => /does not answer; start it/.test((await readiness(service.url)).words), "the cure");
  await postgres.start();
  const back = Date.now();
  assert.equal(await answerTo(alice, room, bot, typed), "✅");
  t.diagnostic(`the answer came ${Date.now() - back} ms after the database was back`);
  await until(async () => (await readiness(service.url)).ready, "the service being ready again");
  assert.equal(await command(alice, room, bot, "!inc note after"), "✅");
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
  assert.deepEqual(notes, ["before", "meanwhile", "after"]);
  const told = service.log.slice(logged).filter((line) => line.includes('"level":50'));
  assert.equal(told.length, 1, told.join(""));
});

test("one of its processes after the other hangs, and people go on", async (t) => {
  for (const nth of [0, 1, 2]) {
    const pid = await idleProcess(nth);
    process.kill(pid, "SIGSTOP");
    const from = Date.now();
    try {
      const answers = [1, 2, 3, 4].map((n) => command(alice, room, bot, `!inc note ${nth} number ${n}`));
      assert.deepEqual(new Set(await Promise.all(answers)), new Set(["✅"]));
      t.diagnostic(`with a process that hangs four notes were answered after ${Date.now() - from} ms`);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await until(async () => (await readiness(service.url)).ready, "the service being ready");
  }
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
  assert.equal(notes.length, 15);
  assert.equal(new Set(notes).size, notes.length, "each note is written once");
});

/** Of those that wait for the service to ask them something, the one that was asked last, or before that. */
async function idleProcess(nth: number): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and pid <> pg_backend_pid() order by state_change desc",
    );
    return Number(rows[nth]?.pid);
  } finally {
    await client.end();
  }
}
