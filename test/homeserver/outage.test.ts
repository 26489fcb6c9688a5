import assert from "node:assert/strict";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, marksOf } from "../support/incident-room.ts";
import { journal, newInstallation, readiness, startService, until } from "../support/service.ts";

/** How long the homeserver is away, in milliseconds; as long as one likes. */
const awayMs = Number(process.env.CORDON_TEST_OUTAGE_MS ?? 3_000);

const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config } = installation;
const service = await startService(installation);
const alice = await newPerson(synapse, "alice");
const { room } = await declare(alice, bot, "sev4 A pump that leaks");

test("what people typed before the homeserver went away is handled in order once it is back", async () => {
  await command(alice, room, bot, "!inc note 0");
  const typed: EventId[] = [];
  for (let n = 1; n <= 15; n++) typed.push(await alice.say(room, `!inc note ${n}`));
  await synapse.kill("SIGKILL");

  await until(
    async () => !(await readiness(service.url)).ready,
    "the service saying that something is wrong",
  );
  const wentAway = Date.now();
  const { status, words } = await readiness(service.url);
  assert.equal(status, 503);
  assert.match(words, /homeserver/i);
  assert.equal((await fetch(`${service.url}/live`)).status, 200);
  await until(async () => Date.now() - wentAway > awayMs, "the end of the outage", awayMs + 1_000);

  await synapse.start();
  await until(async () => (await readiness(service.url)).ready, "the service being ready again");
  assert.equal(await command(alice, room, bot, "!inc note 16"), "✅");
  const entries = await journal(config, incidentId(1));
  const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
  assert.deepEqual(
    notes,
    Array.from({ length: 17 }, (_, n) => String(n)),
  );
  const marks = await marksOf(alice, room, bot);
  assert.deepEqual(
    typed.filter((event) => marks.get(event) !== 1),
    [],
  );
});
