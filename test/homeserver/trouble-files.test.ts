import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare } from "../support/incident-room.ts";
import { journal, newInstallation, readiness, reading, ServiceProcess, until } from "../support/service.ts";

const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config, registration, logged } = installation;
const { host, port } = config.appservice.listen;
const url = `http://${host}:${port}`;
const service = new ServiceProcess(installation);
service.start();
await service.listens();
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const { room } = await declare(alice, bot, "sev4 A pump that leaks");

/** Brings an event as the homeserver does, on a connection of its own. */
async function deliver(event_id: string): Promise<number> {
  const response = await fetch(`${url}/_matrix/app/v1/transactions/${randomUUID()}`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${registration.hsToken}`,
      "content-type": "application/json",
      connection: "close",
    },
    body: JSON.stringify({ events: [{ event_id, type: "x", room_id: room, sender: bot, content: {} }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

test("who can open no more files takes nothing, says so, and goes on when the limit is raised", async (t) => {
  await command(alice, room, bot, "!inc note before");
  service.limitFiles(await service.openFiles());
  const isTold = async () =>
    /no more files can be opened; raise the limit/.test((await readiness(url)).words);
  await until(isTold, "the service saying what is wrong");
  const typed = await alice.say(room, "!inc note meanwhile");
  assert.equal((await readiness(url)).status, 503);
  for (let n = 0; n < 20; n += 1) assert.equal(await deliver(`$${n}`), 503);
  const known = await reading(config, (db) =>
    db.selectFrom("inbox").select("event_id").where("event_id", "=", typed).execute(),
  );
  assert.deepEqual(known, [], "what was not acknowledged is not there");
  const raised = Date.now();
  service.limitFiles("as at first");
  assert.equal(await answerTo(alice, room, bot, typed), "✅");
  t.diagnostic(`the answer came ${Date.now() - raised} ms after the limit was raised`);
  await until(async () => (await readiness(url)).ready, "the service being ready again");
  const notes = (await journal(config, incidentId(1))).flatMap((entry) =>
    entry.type === "recorded" ? [entry.data.text] : [],
  );
  assert.deepEqual(notes, ["before", "meanwhile"]);
  const { aside, waiting } = await reading(config, inboxFigures);
  assert.deepEqual({ aside, waiting }, { aside: 0, waiting: 0 });
  const told = logged.filter((line) => line.includes('"level":50'));
  assert.equal(told.length, 1, told.join("\n"));
});

test("connections that are held open and say nothing keep nobody out for long", async (t) => {
  service.limitFiles((await service.openFiles()) + 20);
  const strangers = Array.from({ length: 200 }, () => connect(port, host).on("error", () => {}));
  const typed = await alice.say(room, "!inc note in the crowd");
  await until(async () => !(await readiness(url)).ready, "the service being in trouble");
  const from = Date.now();
  // They are not asked to go: whoever says nothing is sent away.
  assert.equal(await answerTo(alice, room, bot, typed), "✅");
  await until(async () => (await readiness(url)).ready, "the service being ready again");
  t.diagnostic(`the service was ready again after ${Date.now() - from} ms`);
  for (const stranger of strangers) stranger.destroy();
  service.limitFiles("as at first");
});
