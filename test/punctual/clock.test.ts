import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { type IncidentId, incidentId, type RoomId } from "../../src/incident/ids.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, declare, enter, saying, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, readiness, ServiceProcess, until } from "../support/service.ts";

const hourMs = 60 * 60_000;
/** How long an offer waits for its answer, and a vacant role for its first reminder, in seconds. */
const offerS = 3;

const installation = await newInstallation({ roles: { accept_within: `${offerS}s` } });
const { synapse, bot, config, logged } = installation;
const file = join(await temporaryFolder(), "wrong-by");
const setClock = (wrongByMs: number) => writeFile(file, String(wrongByMs));
await setClock(0);
const service = new ServiceProcess(installation, {
  nodeArguments: ["--import", resolve(import.meta.dirname, "../crash/clock.ts")],
  environment: { CORDON_TEST_CLOCK: file },
});
service.start();
await service.listens();
const url = `http://${config.appservice.listen.host}:${config.appservice.listen.port}`;
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });

const types = async (id: IncidentId) => (await journal(config, id)).map(({ type }) => type);
const count = async (id: IncidentId, type: string) =>
  (await types(id)).filter((each) => each === type).length;
const isWritten = (id: IncidentId, type: string, times: number) => async () =>
  (await count(id, type)) >= times;

/** Offers a role that nobody takes, and waits until the offer has been made again and has lapsed. */
async function offer(id: IncidentId, room: RoomId, role: string): Promise<void> {
  await carryOut(alice, room, bot, `!inc role ${role} ${bob.userId}`);
  const before = { again: await count(id, "role-reminded"), lapsed: await count(id, "role-lapsed") };
  await until(isWritten(id, "role-lapsed", before.lapsed + 1), `${role} having lapsed`);
  assert.equal(await count(id, "role-reminded"), before.again + 1);
}

for (const [n, by] of [hourMs, -hourMs].entries()) {
  const id = incidentId(n + 1);
  test(`the clock is set ${by / hourMs} h while people work, and set right again`, async (t) => {
    await setClock(0);
    const { room } = await declare(alice, bot, "sev4 A pump that leaks @bob");
    await enter(room, bob);
    await command(alice, room, bot, "!inc accept");
    await carryOut(alice, room, bot, `!inc role scribe ${bob.userId}`);
    const from = Date.now();
    await setClock(by);
    assert.equal(await command(alice, room, bot, "!inc note right after"), "✅");
    await until(isWritten(id, "role-lapsed", 1), "an offer of before having lapsed");
    t.diagnostic(`an offer from before lapsed ${Date.now() - from} ms after the clock was set`);
    await offer(id, room, "comms");
    await setClock(0);
    await offer(id, room, "comms");
    assert.equal(await command(alice, room, bot, "!inc note in the end"), "✅");
    assert.equal((await readiness(url)).ready, true);
    await carryOut(alice, room, bot, "!inc over anyway that is all");
    const archived = saying(bot, "Archived");
    const { content } = await alice.waitFor(archived, { what: "the archive", room });
    assert.match(String(content.body), /none missing/);

    const entries = await journal(config, id);
    for (const [i, { recordedAt, eventAt }] of entries.entries()) {
      assert.ok(
        recordedAt >= (entries[i - 1]?.recordedAt ?? 0),
        `entry ${i} was written before the one before`,
      );
      assert.ok(Math.abs(recordedAt - Date.now()) < hourMs / 2, `${recordedAt} is not now`);
      assert.ok(Math.abs(recordedAt - eventAt) < 10_000, `entry ${i} was written long after its moment`);
    }
    const said = (await wholeRoom(alice, room)).filter(
      ({ type, sender }) => type === "m.room.message" && sender === bot,
    );
    assert.ok(said.length < 60, `${said.length} messages of the bot are a storm`);
    assert.deepEqual(
      logged.filter((line) => line.includes('"level":50')),
      [],
    );
  });
}
