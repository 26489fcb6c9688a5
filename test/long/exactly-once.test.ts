import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore } from "../../src/store/store.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, wholeRoom } from "../support/incident-room.ts";
import { newInstallation, reading, startService, until } from "../support/service.ts";

const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });

/** Which event each message of the outbox became. */
const sent = () =>
  reading(config, async (db) => {
    const rows = await db.selectFrom("outbox").select(["key", "event_id"]).orderBy("seq").execute();
    return Object.fromEntries(rows.map((row) => [row.key, row.event_id]));
  });

test("what was sent and not noted is sent again as the same event, also over a restart of the homeserver", async () => {
  const service = await startService(installation);
  const { room } = await declare(alice, bot, "sev3 Payments fail at checkout");
  await command(alice, room, bot, "!inc accept");
  await command(alice, room, bot, "!inc sev 2 it spreads");
  await command(alice, room, bot, "!inc status");
  await until(
    async () => Object.values(await sent()).every((event) => event !== null),
    "every message being sent",
  );
  await service.stop();
  const before = await sent();
  const said = (await wholeRoom(alice, room)).length;

  await forgetSending();
  await synapse.restart();
  await startService(installation);
  await until(
    async () => Object.values(await sent()).every((event) => event !== null),
    "every message being sent again",
  );
  assert.deepEqual(await sent(), before);
  assert.equal((await wholeRoom(alice, room)).length, said);
});

/** Makes the database what it is when the service dies between each answer of the homeserver and its note. */
async function forgetSending(): Promise<void> {
  const store = await openStore(config.database);
  await store.db.updateTable("outbox").set({ sent_at: null, event_id: null }).execute();
  await store.close();
}
