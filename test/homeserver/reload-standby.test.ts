import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { freePort } from "../../src/demo/port.ts";
import { startBalancer } from "../support/balancer.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { newInstallation, ServiceProcess, until } from "../support/service.ts";

const postgres = await startPostgres();
const balancer = await startBalancer();
const first = await newInstallation({ database: await postgres.createDatabase(), url: balancer.url });
after(() => postgres.stop());
const configFile = first.configFile.replace(".yaml", "-2.yaml");
const written = await readFile(first.configFile, "utf8");
await writeFile(configFile, written.replace(/listen: .*/, `listen: 127.0.0.1:${await freePort()}`));
const second = { ...first, configFile, config: loadConfig(configFile), logged: [] as string[] };
const alice = await newPerson(first.synapse, "alice");

test("a service that stands by takes up what changed for the time when it leads", async () => {
  const [leader, other] = [new ServiceProcess(first), new ServiceProcess(second)];
  leader.start();
  await leader.listens();
  other.start();
  await other.listens();
  balancer.serve(
    [first, second].map(({ config: { appservice } }) => `http://127.0.0.1:${appservice.listen.port}`),
  );
  const { room } = await declare(alice, first.bot, "sev3 Payments fail");
  assert.equal(await command(alice, room, first.bot, "!inc note by the first"), "✅");

  const text = await readFile(configFile, "utf8");
  await writeFile(configFile, text.replace(/\ncommands: .*\n/, '\ncommands: { prefixes: ["!fire"] }\n'));
  other.signal("SIGHUP");
  const isInForce = async () => second.logged.some((line) => line.includes("is in force"));
  await until(isInForce, "the new configuration of the second");
  assert.equal(await command(alice, room, first.bot, "!inc note still by the first"), "✅");

  await leader.kill();
  assert.equal(await command(alice, room, first.bot, "!fire note by the second"), "✅");
});
