import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { everyFile } from "../archive/made.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying, untilArchived } from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { newInstallation, reading, ServiceProcess } from "../support/service.ts";

const id = incidentId(1);
const installation = await newInstallation({
  administratorsRoom: "#keepers:cordon.test",
  archive: { copy_to: "share/archives" },
});
const { bot, config, configFile, synapse } = installation;
const second = join(dirname(configFile), "share", "archives");
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const keepers = await alice.createRoom({ room_alias_name: "keepers", invite: [bot] });
const service = new ServiceProcess(installation);
service.start();
const { room } = await declare(alice, bot, "sev3 Payments fail");
await command(alice, room, bot, "!inc accept");
await command(alice, room, bot, "!inc over fixed");
const inKeepers = (words: string) => alice.waitFor(saying(bot, words), { what: words, room: keepers });

test("a second folder that is not there is told of, and does not keep the incident from being archived", async () => {
  await untilArchived(alice, room, bot);
  const told = await inKeepers("could not be copied");
  assert.match(String(told.content.body), /there is no such folder.*\nMount the share/);
  await assert.rejects(readdir(dirname(second)), "nobody made it");
});

test("the copy is made once it can be, after a restart too, and is said", async () => {
  await service.kill();
  await mkdir(second, { recursive: true });
  service.start();
  await inKeepers(`is copied to ${second} now`);
  const { name, digest } = await archive();
  assert.deepEqual((await readdir(second)).sort(), [name, `${name}.zip`]);
  for (const form of await readdir(second)) {
    const verified = await verifyArchive(join(second, form));
    assert.deepEqual([verified.ok, verified.digest], [true, digest]);
  }
});

test("export gives the same bytes at any time, also from the second folder, and says where none is whole", async () => {
  const { name } = await archive();
  const [first, again, to] = await Promise.all([temporaryFolder(), temporaryFolder(), temporaryFolder()]);
  assert.equal((await exportTo(first)).code, 0);
  await writeFile(join(config.archive.folder, name, "data/index.html"), "spoiled");
  await rm(join(config.archive.folder, `${name}.zip`));
  assert.equal((await exportTo(again)).code, 0);
  const files = await everyFile(first);
  assert.deepEqual(await everyFile(again), files);
  for (const file of files) {
    assert.deepEqual(await readFile(join(again, file)), await readFile(join(first, file)), file);
  }
  await rm(join(second, name), { recursive: true });
  const none = await exportTo(to);
  assert.equal(none.code, 1);
  assert.match(none.told.join("\n"), /is not as it was made; look for it in your backups\./);
  assert.deepEqual(await readdir(to), []);
});

async function archive() {
  const stored = await reading(config, (db) => loadIncident(db, id));
  const made = stored?.incident.archive;
  assert.ok(made !== undefined);
  return made;
}

function exportTo(folder: string) {
  return runProgram("export", id, "--config", configFile, "--to", folder);
}
