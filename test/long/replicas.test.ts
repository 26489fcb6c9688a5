import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { loadConfig } from "../../src/config/load.ts";
import { freePort } from "../../src/demo/port.ts";
import { incidentId } from "../../src/incident/ids.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { startBalancer } from "../support/balancer.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Installation, journal, newInstallation, ServiceProcess } from "../support/service.ts";

const postgres = await startPostgres();
const balancer = await startBalancer();
const installation = await newInstallation({
  database: await postgres.createDatabase(),
  url: balancer.url,
});
after(() => postgres.stop());
const { bot, config } = installation;
const alice = await newPerson(installation.synapse, "alice", { displayName: "Alice" });

/** For how long a process is held still: longer than anybody waits for it. */
const pauseMs = Number(process.env.CORDON_TEST_PAUSE_MS ?? 8_000);

test("of two services one leads; where it dies or hangs the other goes on, and nothing is lost or doubled", async () => {
  const second = await besides(installation);
  const [one, other] = [new ServiceProcess(installation), new ServiceProcess(second)];
  one.start();
  await one.listens();
  other.start();
  await other.listens();
  balancer.serve([installation, second].map(urlOf));
  const { room } = await declare(alice, bot, "sev3 Payments fail at checkout");
  await note(room, "both are there");

  await one.kill();
  await note(room, "the first one is dead");

  one.start();
  await one.listens();
  await note(room, "the first one stands by");

  other.signal("SIGSTOP");
  await note(room, "the second one hangs");
  await delay(pauseMs);
  const before = await journal(config, incidentId(1));
  other.signal("SIGCONT");
  await delay(2_000);
  assert.deepEqual(await journal(config, incidentId(1)), before);
  await note(room, "the second one is awake again");

  assert.match(await command(alice, room, bot, "!inc over fixed"), /^Over since/);
  await alice.waitFor(saying(bot, "Archived"), { what: "the archive", room });
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.cause] : []));
  assert.equal(notes.length, 5);
  assert.equal(new Set(notes).size, 5);
});

async function note(room: RoomId, words: string): Promise<void> {
  assert.equal(await command(alice, room, bot, `!inc note ${words}`), "✅");
}

/** The same installation, for a second process on another port. */
async function besides(installation: Installation): Promise<Installation> {
  const { configFile } = installation;
  const another = configFile.replace(".yaml", "-2.yaml");
  const written = await readFile(configFile, "utf8");
  await writeFile(another, written.replace(/listen: .*/, `listen: 127.0.0.1:${await freePort()}`));
  return { ...installation, configFile: another, config: loadConfig(another) };
}

function urlOf({ config }: Installation): string {
  const { host, port } = config.appservice.listen;
  return `http://${host}:${port}`;
}
