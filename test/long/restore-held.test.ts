import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { holders, type Incident } from "../../src/incident/incident.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { object, type RoomEvent } from "../../src/matrix/event.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { makeBackup } from "../../src/service/backup.ts";
import { restoreBackup } from "../../src/service/restore.ts";
import { asBot } from "../support/bot.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, enter, levelsIn, openIncident, wholeRoom } from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { journal, newInstallation, readiness, reading, ServiceProcess, until } from "../support/service.ts";

/** From how long on a command is late, in seconds; what is typed while the service runs must not get there. */
const staleAfter = 30;

const installation = await newInstallation({
  grace: "1h",
  sections: { commands: { stale_after: `${staleAfter}s` } },
});
const { synapse, bot, config, configFile } = installation;
const { host, port } = config.appservice.listen;
const homeserver = asBot(installation);
const folder = await temporaryFolder();
const service = new ServiceProcess(installation);
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
await start();
const direct = await openDirectChat(alice, bot);
const [shut, late, handed, ended, closed] = [1, 2, 3, 4, 5].map(incidentId) as [
  IncidentId,
  IncidentId,
  IncidentId,
  IncidentId,
  IncidentId,
];
const rooms = new Map<IncidentId, RoomId>();
for (const id of [shut, late, handed, ended, closed]) {
  const room = await openIncident(alice, direct, `new sev4 Trouble ${id.at(-1)} @bob`);
  await enter(room, bob);
  await carryOut(alice, room, bot, "!inc accept");
  rooms.set(id, room);
}
await carryOut(alice, roomOf(closed), bot, "!inc close anyway all is well");
await makeBackup(config, join(folder, "first"));

// What the first backup does not have.
await carryOut(alice, roomOf(shut), bot, "!inc note this is lost with the database");
await carryOut(alice, roomOf(handed), bot, `!inc handover commander ${bob.userId}`);
await until(async () => (await known(handed)).offers.some(({ brief }) => brief !== undefined), "the brief");
await carryOut(bob, roomOf(handed), bot, "!inc accept");
await carryOut(alice, roomOf(ended), bot, "!inc close anyway it is mended");
await command(alice, roomOf(closed), bot, "!inc close anyway once more");
await service.kill();
const asked = await bob.say(roomOf(late), "!inc note answered after the restore");
const confirmed = await bob.say(roomOf(late), "!inc note answered before the restore");
await delay(staleAfter * 1000);
await start();
const question = await questionAbout(asked);
await bob.react(roomOf(late), await questionAbout(confirmed), "✅");
await until(async () => (await notes(late)).includes("answered before the restore"), "the confirmed note");
await until(allSaid, "everything being said");
await service.kill();
await close(roomOf(shut));
const again = await alice.say(roomOf(ended), "!inc close anyway it is mended indeed");
await putBack("first");

test("a late command is done once by its ✅ after a restore, and one that had it is not asked about again", async () => {
  assert.deepEqual(await notes(late), ["answered before the restore"]);
  await bob.react(roomOf(late), question, "✅");
  await until(async () => (await notes(late)).length === 2, "the note");
  assert.deepEqual(await notes(late), ["answered before the restore", "answered after the restore"]);
  const questions = (await wholeRoom(bob, roomOf(late))).filter(
    ({ content }) => object(content, "org.cordon.question") !== undefined,
  );
  assert.equal(questions.length, 2);
});

test("command that changed hands is where it was given, in the journal and in the room", async () => {
  assert.deepEqual(holders(await known(handed), "commander"), [bob.userId]);
  const levels = levelsIn(await bob.state(roomOf(handed), "m.room.power_levels"));
  assert.equal(levels[bob.userId], 60);
  assert.ok((levels[alice.userId] ?? 0) < 60);
});

test("who closes it twice around a backup and a restore has closed it once", async () => {
  const isAnswer = ({ sender, content }: RoomEvent) =>
    sender === bot && content["org.cordon.message"] === `${again}/answer`;
  const { content } = await alice.waitFor(isAnswer, { what: "the answer", room: roomOf(ended) });
  assert.match(String(content.body), /^It is over, so that cannot be done now/);
  for (const id of [ended, closed]) {
    assert.equal((await known(id)).state, "over");
    const entries = await journal(config, id);
    assert.equal(entries.filter(({ type }) => type === "over").length, 1);
    assert.equal((await levels(id)).events_default, 55);
  }
});

test("a room that was closed by nobody knows whom is left so, and the doctor names it", async () => {
  await assertHeld();
  const answer = await command(alice, direct, bot, `!inc note ${shut} it is quiet`);
  assert.ok(answer.length > 0);
  await assertHeld();
});

test("it is left so by another restore, too, from a backup made meanwhile", async () => {
  await makeBackup(config, join(folder, "second"));
  await command(alice, direct, bot, `!inc note ${shut} lost once more`);
  await service.kill();
  await putBack("second");
  await assertHeld();
  assert.deepEqual(await notes(shut), ["this is lost with the database", "it is quiet", "lost once more"]);
});

test("its commander says that it is over, and then it can be opened again", async () => {
  await command(alice, direct, bot, `!inc over ${shut} anyway it was over`);
  await until(async () => (await levels(shut)).events_default === 55, "the room of what is over");
  await carryOut(alice, roomOf(shut), bot, "!inc reopen it is not over after all");
  await until(async () => (await levels(shut)).events_default === 10, "the open room");
  await carryOut(bob, roomOf(shut), bot, "!inc note we can write again");
  assert.equal(await heldLine(), undefined);
});

async function start(): Promise<void> {
  service.start();
  await service.listens();
  await until(async () => (await readiness(`http://${host}:${port}`)).ready, "the service being ready");
}

async function putBack(name: string): Promise<void> {
  await restoreBackup(config, join(folder, name), { replace: true, now: Date.now() });
  await start();
}

/** Shuts a room by the bot's own power, as a service would that the database knows nothing of. */
async function close(room: RoomId): Promise<void> {
  const present = await homeserver.readStateEvent(room, "m.room.power_levels", "");
  await homeserver.writeState(room, "m.room.power_levels", "", { ...present, events_default: 100 });
}

async function assertHeld(): Promise<void> {
  const { restored, state } = await known(shut);
  assert.deepEqual([restored?.found, state], ["closed", "active"]);
  assert.equal((await levels(shut)).events_default, 100);
  assert.match(String(await heldLine()), /since it was found closed after a restore .* types over/);
}

/** What the doctor says of the room that is shut. */
async function heldLine(): Promise<string | undefined> {
  const { stdout } = await runProgram("doctor", "--config", configFile, "--json");
  const { checks } = JSON.parse(stdout);
  const held = checks.find(({ check }: { check: string }) => check === "held rooms");
  return held.cure.find((line: string) => line.startsWith(`${shut} (${roomOf(shut)})`));
}

async function questionAbout(typed: EventId): Promise<EventId> {
  const isQuestion = ({ sender, content }: RoomEvent) =>
    sender === bot && object(content, "org.cordon.question")?.command === typed;
  const asking = { what: `the question about ${typed}`, room: roomOf(late) };
  return (await bob.waitFor(isQuestion, asking)).event_id;
}

async function allSaid(): Promise<boolean> {
  const waiting = await reading(config, (db) =>
    db.selectFrom("outbox").select("seq").where("sent_at", "is", null).where("refused", "is", null).execute(),
  );
  return waiting.length === 0;
}

async function levels(id: IncidentId) {
  return alice.state(roomOf(id), "m.room.power_levels");
}

async function notes(id: IncidentId): Promise<readonly string[]> {
  const entries = await journal(config, id);
  return entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
}

async function known(id: IncidentId): Promise<Incident> {
  const stored = await reading(config, (db) => loadIncident(db, id));
  if (stored === undefined) throw new Error(`${id} is not there`);
  return stored.incident;
}

function roomOf(id: IncidentId): RoomId {
  const room = rooms.get(id);
  if (room === undefined) throw new Error(`${id} has no room`);
  return room;
}
