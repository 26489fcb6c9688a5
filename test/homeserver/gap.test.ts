import assert from "node:assert/strict";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import type { Person } from "../../src/demo/person.ts";
import type { Entry } from "../../src/incident/entry.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { gapFigures } from "../../src/journal/histories.ts";
import { incidentIds } from "../../src/journal/incidents.ts";
import { findPlace, knownState } from "../../src/journal/known-rooms.ts";
import { type JsonObject, object, type RoomEvent, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import { newDoorkeeper } from "../support/doorkeeper.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, declare, enter, marksOf, saying } from "../support/incident-room.ts";
import { journal, newInstallation, reading, startService, until } from "../support/service.ts";

const doorkeeper = await newDoorkeeper();
const installation = await newInstallation({ url: doorkeeper.url });
const { synapse, bot, config, registration } = installation;
const alice = await newPerson(synapse, "alice");
const bob = await newPerson(synapse, "bob");
/** Where anybody may open an incident. */
const lobby = await alice.createRoom({ preset: "public_chat" });
doorkeeper.open(`http://127.0.0.1:${config.appservice.listen.port}`);
const rooms = { ...config.rooms, lobbies: [lobby] };
const service = await startService({ ...installation, config: { ...config, rooms } });
const { direct, room } = await declare(alice, bot, "sev4 Payments fail @bob");
await enter(room, bob);
await bob.join(lobby);
await carryOut(bob, room, bot, "!inc note 0");

test("what a homeserver that dies takes with it is found, and handled once and in its order", async () => {
  doorkeeper.hang();
  const typed: EventId[] = [];
  for (const n of [1, 2, 3]) typed.push(await bob.say(room, `!inc note ${n}`));
  await alice.say(direct, "new sev4 The mail fails too");
  await bob.say(lobby, "!inc new sev4 And the phone");
  for (const n of [4, 5, 6]) typed.push(await bob.say(room, `!inc note ${n}`));
  await synapse.kill("SIGKILL");
  doorkeeper.release();
  await synapse.start();
  await until(async () => (await notes()).length === 7, "the notes");
  assert.deepEqual(await notes(), ["0", "1", "2", "3", "4", "5", "6"]);
  await alice.waitFor(saying(bot, "is open"), {
    what: "the second incident",
    room: direct,
  });
  await bob.waitFor(saying(bot, "is open"), { what: "the third incident", room: lobby });
  await until(async () => (await onceMarked(typed)).length === typed.length, "a ✅ under each");
  assert.ok((await figures()).fetched > 0, "nothing had to be fetched");
});

test("a hole that was followed by what did arrive is found, and what comes twice after all is handled once", async () => {
  const before = await figures();
  doorkeeper.hold();
  const lost = await bob.say(room, "!inc note lost");
  await held(({ event_id }) => event_id === lost);
  doorkeeper.release();
  await carryOut(bob, room, bot, "!inc note after it");
  makeDue(room);
  await until(async () => (await notes()).includes("lost"), "the lost note");
  await bringAgain();
  await carryOut(bob, room, bot, "!inc note last");
  assert.deepEqual((await notes()).slice(7).toSorted(), ["after it", "last", "lost"]);
  assert.deepEqual(await onceMarked([lost]), [lost]);
  // What was kept may be handled before it has been counted.
  await until(async () => (await figures()).fetched > before.fetched, "the count of what was fetched");
});

test("a change that was changed again does not come back when it is found", async () => {
  const before = await figures();
  doorkeeper.hold();
  await rename(bob, "Bobby");
  await held((event) => event.room_id === room && isMember(event, bob.userId));
  doorkeeper.release();
  await rename(bob, "Robert");
  await until(async () => (await nameOf(bob)) === "Robert", "the new name");
  makeDue(room);
  await until(async () => (await figures()).fetched > before.fetched, "the lost name");
  await carryOut(bob, room, bot, "!inc note renamed");
  assert.equal(await nameOf(bob), "Robert");
});

test("what was found is in the archive, which is proven", async () => {
  doorkeeper.hold();
  const said = await bob.say(room, "nobody brings this");
  await held(({ event_id }) => event_id === said);
  doorkeeper.release();
  await carryOut(alice, room, bot, "!inc over all is well");
  await until(async () => (await entries("archived")).length > 0, "the archive");
  assert.equal((await entries("archived"))[0]?.data.verdict, "proven");
});

test("that the bot was taken out of a room is found as well", async () => {
  doorkeeper.hold();
  await alice.kick(lobby, bot);
  await held((event) => event.room_id === lobby && isMember(event, bot));
  doorkeeper.release();
  makeDue(lobby);
  await until(async () => (await reading(config, (db) => findPlace(db, lobby))) === undefined, "the kick");
});

test("a command that is found late is asked about before it is run", async () => {
  doorkeeper.hold();
  const lost = await alice.say(direct, "new sev4 The lift is stuck");
  await held(({ event_id }) => event_id === lost);
  await service.stop();
  doorkeeper.release();
  const commands = { ...config.commands, staleAfterMs: 1 };
  await startService({ ...installation, config: { ...config, commands } });
  const isQuestion = ({ sender, content }: RoomEvent) =>
    sender === bot && object(content, "org.cordon.question")?.command === lost;
  const { event_id } = await alice.waitFor(isQuestion, {
    what: "the question",
    room: direct,
  });
  const opened = async () => (await reading(config, incidentIds)).length;
  assert.equal(await opened(), 3);
  await alice.react(direct, event_id, "✅");
  await until(async () => (await opened()) > 3, "the incident");
});

async function entries<T extends Entry["type"]>(type: T) {
  const all = await journal(config, incidentId(1));
  return all.filter((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
}

async function notes(): Promise<readonly string[]> {
  return (await entries("recorded")).map(({ data }) => data.text);
}

/** Those of these messages that the bot marked, and only once. */
async function onceMarked(typed: readonly EventId[]): Promise<readonly EventId[]> {
  const marks = await marksOf(bob, room, bot);
  return typed.filter((event) => marks.get(event) === 1);
}

/** Waits until the homeserver has brought something, and in vain. */
async function held(isMeant: (event: JsonObject) => boolean): Promise<void> {
  await until(async () => doorkeeper.held.some(isMeant), "what is kept back");
}

function isMember({ type, state_key }: JsonObject, user: UserId): boolean {
  return type === "m.room.member" && state_key === user;
}

async function figures() {
  return reading(config, gapFigures);
}

/** Makes it so that the history of a room is to be read now. The service holds its database, but for this. */
function makeDue(which: RoomId): void {
  const { database } = config;
  assert.equal(database.engine, "sqlite");
  const db = new Sqlite(database.file, { timeout: 60_000 });
  db.prepare("update history set due_at = 0 where room_id = ?").run(which);
  db.close();
}

/** Brings the events that were kept back, as a homeserver may do long afterwards. */
async function bringAgain(): Promise<void> {
  const answer = await fetch(`${service.url}/_matrix/app/v1/transactions/late`, {
    method: "PUT",
    headers: { authorization: `Bearer ${registration.hsToken}`, "content-type": "application/json" },
    body: JSON.stringify({ events: doorkeeper.held }),
  });
  assert.equal(answer.status, 200);
}

async function rename(person: Person, displayname: string): Promise<void> {
  const path = `/_matrix/client/v3/profile/${encodeURIComponent(person.userId)}/displayname`;
  await person.call("PUT", path, { displayname });
}

/** What somebody is called, as far as the service knows. */
async function nameOf({ userId }: Person): Promise<string | undefined> {
  const state = await reading(config, (db) => knownState(db, room));
  const member = state.find(({ type, stateKey }) => type === "m.room.member" && stateKey === userId);
  return text(member?.content, "displayname");
}
