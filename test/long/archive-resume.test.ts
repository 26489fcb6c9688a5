import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { everyFile } from "../archive/made.ts";
import { archiveAgain } from "../support/archived-room.ts";
import { chanceFor } from "../support/chance.ts";
import { newHistoryProxy } from "../support/history.ts";
import { newPerson } from "../support/homeserver.ts";
import { openIncident } from "../support/incident-room.ts";
import { newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

/** How often the service dies between the closing of an incident and its archive. */
const kills = 20;
/** The longest life of a service, in milliseconds, counted from when it listens. */
const longestLifeMs = 1_500;

const installation = await newInstallation();
const { synapse, bot, config, configFile } = installation;
// A homeserver so slow that many deaths find it at its history.
const proxy = await newHistoryProxy(synapse.url, 5);
proxy.tell = async (from, ask) => {
  await delay(60);
  return ask(from);
};
await writeFile(configFile, (await readFile(configFile, "utf8")).replace(synapse.url, proxy.url));
const alice = await newPerson(synapse, "alice");
const service = new ServiceProcess(installation);

test(`killed ${kills} times on the way to an archive, the service makes the one it would have made`, async (t) => {
  const chance = chanceFor(t);
  service.start();
  const direct = await openDirectChat(alice, bot);
  let killed = 0;
  for (let number = 1; killed < kills; number += 1) {
    const id = incidentId(number);
    await closeIncident(direct);
    await until(async () => (await incident(id))?.closing !== undefined, `the closing of ${id}`);
    while (killed < kills && (await incident(id))?.archive === undefined) {
      // The moment of a death is what is random here; nothing is being waited for.
      await delay(chance() * longestLifeMs);
      await service.kill();
      if ((await incident(id))?.archive === undefined) killed += 1;
      service.start();
      await service.listens();
    }
    await until(async () => (await incident(id))?.archive !== undefined, `the archive of ${id}`);
    await assertUndisturbed(id);
  }
});

type Room = Awaited<ReturnType<typeof openDirectChat>>;

async function closeIncident(direct: Room): Promise<void> {
  const room = await openIncident(alice, direct, "new sev4 A pump that leaks");
  const secret = await alice.say(room, "the password is swordfish");
  for (let i = 1; i <= 20; i += 1) await alice.say(room, `message ${i}`);
  await alice.redact(room, secret, "it is a secret");
  await alice.say(room, "!inc mitigated the pump is off");
  await alice.say(room, "!inc over anyway the pump was replaced");
}

async function incident(id: IncidentId): Promise<Incident | undefined> {
  return reading(config, async (db) => (await loadIncident(db, id))?.incident);
}

/** That the archive is the same as one made in one go, and lies there alone. */
async function assertUndisturbed(id: IncidentId): Promise<void> {
  const { name = "", digest, verdict } = (await incident(id))?.archive ?? {};
  const made = join(config.archive.folder, name);
  const again = await archiveAgain(installation, synapse.url, id);
  assert.deepEqual(await changedFiles(made, again.path), []);
  assert.deepEqual([again.digest, again.verdict, verdict], [digest, "proven", "proven"]);
  assert.ok((await readFile(again.zip)).equals(await readFile(`${made}.zip`)), "the zip is another one");
  const { ok, digest: found } = await verifyArchive(made);
  assert.deepEqual({ ok, found }, { ok: true, found: digest });
  const names = (await readdir(config.archive.folder)).filter((each) => each.includes(id));
  assert.deepEqual(names.toSorted(), [name, `${name}.zip`]);
}

/** The files that are not the same in two archives. */
async function changedFiles(one: string, other: string): Promise<readonly string[]> {
  const files = new Set([...(await everyFile(one)), ...(await everyFile(other))]);
  const changed: string[] = [];
  for (const file of files) {
    const both = [one, other].map((folder) => readFile(join(folder, file), "utf8").catch(() => "missing"));
    const [a, b] = await Promise.all(both);
    if (a !== b) changed.push(file);
  }
  return changed;
}
