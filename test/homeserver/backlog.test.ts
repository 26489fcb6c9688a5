import assert from "node:assert/strict";
import { test } from "node:test";
import { newDoorkeeper } from "../support/doorkeeper.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, declare, saying } from "../support/incident-room.ts";
import { newInstallation, readiness, ServiceProcess, until } from "../support/service.ts";

const door = await newDoorkeeper();
const installation = await newInstallation({ grace: "1h", url: door.url });
const { synapse, bot, config } = installation;
const { host, port } = config.appservice.listen;
const url = `http://${host}:${port}`;
door.open(url);
const service = new ServiceProcess(installation);
const alice = await newPerson(synapse, "alice");

test("a service that starts while the homeserver is bringing what it held back does not wait for the end of that", async () => {
  service.start();
  const { room } = await declare(alice, bot, "sev4 A pump that leaks");
  await until(async () => (await readiness(url)).ready, "the service being ready");
  await service.kill();
  const before = door.refused;
  const typed = await alice.say(room, "!inc note while nobody listened");
  await until(async () => door.refused > before, "the homeserver finding nobody");
  // From here on the homeserver tries again by itself, and is not through with it.
  door.hang();
  await until(async () => door.hung === 1, "the homeserver trying again");
  service.start();
  await until(async () => (await readiness(url)).ready, "the service being ready again");
  assert.equal(door.hung, 1, "it became ready only after the homeserver had given up");
  // What is said to the homeserver is done, as is what its history tells.
  await alice.waitFor((event) => event.sender === bot && event.type === "m.reaction", {
    what: "the ✅ under what was read in the history",
    room,
    after: typed,
  });
  assert.equal(door.hung, 1);
  door.release();
  await carryOut(alice, room, bot, "!inc note now it does");
  assert.equal(alice.seen(room).filter(saying(bot, "was not done")).length, 0);
});
