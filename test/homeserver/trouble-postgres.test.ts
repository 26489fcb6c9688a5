import assert from "node:assert/strict";
import { after, test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { journal, newInstallation, readiness, startService, until } from "../support/service.ts";

const postgres = await startPostgres();
const installation = await newInstallation({ database: await postgres.createDatabase(), grace: "1h" });
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
