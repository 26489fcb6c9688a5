import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { inboxFigures } from "../../src/journal/inbox.ts";
import type { RoomEvent } from "../../src/matrix/event.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare } from "../support/incident-room.ts";
import { newInstallation, reading, startService, until } from "../support/service.ts";

const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config, registration } = installation;
const service = await startService(installation);
const alice = await newPerson(synapse, "alice");
const mallory = await newPerson(synapse, "mallory");
const { room: calm } = await declare(alice, bot, "sev4 A pump that leaks");
const { room: loud } = await declare(mallory, bot, "sev4 A door that squeaks");

const inTransaction = 100;

/** A hundred lines of Mallory's, as the homeserver brings them. */
async function flood(): Promise<void> {
  const events = Array.from({ length: inTransaction }, () => ({
    event_id: `$${randomBytes(32).toString("base64url")}`,
    room_id: loud,
    type: "m.room.message",
    sender: mallory.userId,
    origin_server_ts: Date.now(),
    content: { msgtype: "m.text", body: "Still squeaks." },
  }));
  const path = `/_matrix/app/v1/transactions/${randomBytes(8).toString("hex")}`;
  const headers = { authorization: `Bearer ${registration.hsToken}`, "content-type": "application/json" };
  const body = JSON.stringify({ events });
  assert.equal((await fetch(`${service.url}${path}`, { method: "PUT", headers, body })).status, 200);
}

async function isThrough(): Promise<boolean> {
  return (await reading(config, inboxFigures)).waiting === 0;
}

test("a room that is flooded holds up no command elsewhere, and whoever floods it is told once", async () => {
  const flooding = (async () => {
    for (let n = 0; n < 50; n++) await flood();
  })();
  const through = flooding.then(() => until(isThrough, "the end of the flood"));
  const answered = command(alice, calm, bot, "!inc note It leaks more");
  // However fast the machine is: who waits behind the flood is answered after it.
  assert.equal(await Promise.race([answered, through.then(() => "the flood is through")]), "✅");
  await through;
  const isTold = ({ sender, content }: RoomEvent) =>
    sender === bot && String(content.body).includes("more than anybody here can read");
  await mallory.waitFor(isTold, { what: "the word about the flood", room: loud });
  assert.equal(await command(mallory, loud, bot, "!inc note Nothing was lost"), "✅");
  assert.equal(mallory.seen(loud).filter(isTold).length, 1);
});

test("the figures tell how the queues are, and nothing of what anything is about", async () => {
  const response = await fetch(`${service.url}/metrics`);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  const figure = (name: string) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1],
    );
  assert.equal(figure("cordon_leading"), 1);
  assert.equal(figure("cordon_ready"), 1);
  assert.equal(figure("cordon_homeserver_up"), 1);
  assert.equal(figure("cordon_inbox_waiting"), 0);
  assert.equal(figure('cordon_incidents{state="active"}'), 2);
  assert.ok(figure("cordon_command_seconds_count") >= 3);
  assert.doesNotMatch(text, /INC-|leak|squeak|alice|mallory|![\w-]{10}/);
});
