import assert from "node:assert/strict";
import { after, test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying } from "../support/incident-room.ts";
import { startPostgres } from "../support/postgres.ts";
import { journal, newInstallation, startService } from "../support/service.ts";

const postgres = await startPostgres();
const installation = await newInstallation({ database: await postgres.createDatabase() });
// Hooks run in this order: what was logged is compared with the database first.
after(() => postgres.stop());
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });

test("an incident is played and archived on PostgreSQL, over a restart of the service", async () => {
  const first = await startService(installation);
  const { room } = await declare(alice, bot, "sev3 Payments fail at checkout @bob");
  await bob.waitForInvitation({ room });
  await bob.join(room);
  assert.match(await command(alice, room, bot, "!inc accept"), /^Alice is commander/);
  assert.match(await command(alice, room, bot, "!inc role ops @bob"), /^Bob: ✅ to be ops/);
  assert.match(await command(bob, room, bot, "!inc accept"), /^Bob is ops/);
  await first.stop();

  await startService(installation);
  assert.equal(await command(bob, room, bot, "!inc note after the restart"), "✅");
  assert.match(await command(bob, room, bot, "!inc over I say so"), /^Only the commander/);
  assert.match(await command(alice, room, bot, "!inc over fixed"), /^Over since/);
  const told = await alice.waitFor(saying(bot, "Archived"), { what: "the archive", room });
  assert.match(String(told.content.body), /none missing/);
  const types = (await journal(config, incidentId(1))).map((entry) => entry.type);
  assert.deepEqual(types.slice(-4), ["over", "archiving", "sealed", "archived"]);
});
