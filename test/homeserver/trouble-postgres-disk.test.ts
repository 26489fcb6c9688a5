import assert from "node:assert/strict";
import { after, test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { journal, newInstallation, readiness, reading, startService, until } from "../support/service.ts";
import { newSmallDisk, noSmallDisk } from "../support/small-disk.ts";

test("PostgreSQL's disk fills up in the middle of talk and commands", { skip: noSmallDisk() }, async (t) => {
  const disk = await newSmallDisk(96 * 2 ** 20);
  const postgres = await startPostgres({ tables: disk.folder });
  const installation = await newInstallation({ database: await postgres.createDatabase(), grace: "1h" });
  const service = await startService(installation);
  // Hooks run in this order: what was logged is compared with the database first.
  after(async () => {
    await postgres.stop();
    disk.remove();
  });
  const { synapse, bot, config } = installation;
  const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
  const { room } = await declare(alice, bot, "sev4 A pump that leaks");
  await command(alice, room, bot, "!inc accept");
  const logged = service.log.length;

  const typed: EventId[] = [];
  const long = "to whom it may concern ".repeat(400);
  const isFull = async () => /disk under the database is full/.test((await readiness(service.url)).words);
  for (let n = 0; n < 40; n += 1) {
    if (n === 4) disk.fill();
    typed.push(await alice.say(room, `!inc note number ${n}`));
    // Pages have room left, and talk fills them.
    if (!(await isFull())) await alice.say(room, `${n} ${long}`);
  }
  await until(isFull, "the service saying what is wrong");
  assert.equal((await readiness(service.url)).status, 503);
  const freed = Date.now();
  disk.free();
  for (const event of typed) assert.equal(await answerTo(alice, room, bot, event), "✅");
  t.diagnostic(`everything was answered ${Date.now() - freed} ms after there was room`);
  await until(async () => (await readiness(service.url)).ready, "the service being ready again");
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
  assert.deepEqual(
    notes,
    typed.map((_, n) => `number ${n}`),
  );
  const { aside, waiting } = await reading(config, inboxFigures);
  assert.deepEqual({ aside, waiting }, { aside: 0, waiting: 0 });
  const told = service.log.slice(logged).filter((line) => line.includes('"level":50'));
  assert.ok(
    told.every((line) => line.includes("the disk under the database is full")),
    told.join(""),
  );
});
