import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { findPlace } from "../../src/journal/known-rooms.ts";
import { isObject, text } from "../../src/matrix/event.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { chanceFor } from "../support/chance.ts";
import { newPerson } from "../support/homeserver.ts";
import {
  answerTo,
  carryOut,
  command,
  enter,
  isJoin,
  openIncident,
  saying,
  wholeRoom,
} from "../support/incident-room.ts";
import { journal, newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

/** Those who come while the service dies again and again, and the longest that it lives then, in milliseconds. */
const late = ["fay", "gus", "hal", "ina", "jim"] as const;
const longestMs = 600;

const title = "Payments fail at the counters";
const mostLines = 25;

const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config } = installation;
const service = new ServiceProcess(installation);
service.start();
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const direct = await openDirectChat(alice, bot);
const room = await openIncident(alice, direct, `new sev4 ${title} @bob`);
await enter(room, bob);
const id = incidentId(1);

/** What everyone who comes later has to be told. */
const past = {
  facts: ["only payments above 500 fail", "it began with release 214"],
  ruledOut: ["the network", "the certificates", "the card provider"],
  decisions: ["roll back release 214", "close the counters at noon"],
  tasks: [
    ["@alice", "Alice", "call the bank"],
    ["@bob", "Bob", "prepare the rollback"],
    ["commander", "commander Alice", "tell the press office"],
  ],
} as const;
for (const words of past.facts) await carryOut(bob, room, bot, `!inc fact ${words}`);
for (const words of past.ruledOut) await carryOut(bob, room, bot, `!inc ruledout ${words}`);
for (const words of past.decisions) await carryOut(alice, room, bot, `!inc decision ${words}`);
for (const [owner, , words] of past.tasks) await carryOut(alice, room, bot, `!inc task ${owner} ${words}`);
await carryOut(bob, room, bot, "!inc task @alice count the coins");
await carryOut(alice, room, bot, "!inc done 4");
await bob.say(room, "is this chatter?");

test("who comes late is told the past in a new direct chat, which is theirs alone", async () => {
  const carol = await come("carol", "Carol");
  const chat = await carol.waitForInvitation();
  await carol.join(chat);
  assertCaughtUp(await onlyMessage(carol, chat));
  assert.deepEqual((await carol.joinedMembers(chat)).toSorted(), [bot, carol.userId].toSorted());
  // It is a direct chat like any other.
  assert.match(await command(carol, chat, bot, "list"), /INC-0001/);
});

test("who has a direct chat already is told there", async () => {
  const dave = await newPerson(synapse, "dave", { displayName: "Dave" });
  const chat = await openDirectChat(dave, bot);
  await come("dave", "Dave", dave);
  assertCaughtUp(await onlyMessage(dave, chat));
});

test("who declines the chat is asked into another one when they want to know", async () => {
  const erin = await come("erin", "Erin");
  const declined = await erin.waitForInvitation();
  await erin.leave(declined);
  await until(async () => !(await isKept(declined)), "the bot leaving the chat");
  assert.equal(await command(erin, room, bot, "!inc catchup"), "✅");
  await until(async () => (await knownChats(erin)).length === 1, "another chat");
  const [chat] = await knownChats(erin);
  assert.ok(chat !== undefined && chat !== declined);
  await erin.join(chat);
  assertCaughtUp(await onlyMessage(erin, chat));
});

test("catchup in the room is answered to whoever asks alone; in a direct chat it is answered there", async () => {
  const typed = await bob.say(room, "!inc catchup");
  assert.equal(await answerTo(bob, room, bot, typed), "✅");
  const chat = await bob.waitForInvitation();
  await bob.join(chat);
  assertCaughtUp(await onlyMessage(bob, chat));
  assert.match(await command(alice, direct, bot, "catchup"), /Ruled out\n/);
  const asked = `catchup ${id} since 6h ago`;
  assert.match(await command(alice, direct, bot, asked), /Being done\n/);
});

test(`killed while ${late.length} people come, the service tells each of them once`, async (t) => {
  const chance = chanceFor(t);
  const coming = late.map((name) => come(name, name));
  for (const _ of late) {
    await delay(chance() * longestMs);
    await service.kill();
    service.start();
    await service.listens();
  }
  for (const person of await Promise.all(coming)) {
    const chat = await person.waitForInvitation();
    await person.join(chat);
    assertCaughtUp(await onlyMessage(person, chat));
  }
  const told = (await journal(config, id)).flatMap((entry) =>
    entry.type === "caught-up" ? [entry.data.user] : [],
  );
  assert.deepEqual(told.toSorted(), [...new Set(told)].toSorted());
  assert.equal(told.length, 3 + late.length);
});

test("who was there from the beginning was told nothing, and nothing of it stands in the room", async () => {
  const inRoom = await messagesIn(alice, room);
  assert.ok(!inRoom.some((body) => body.includes("Ruled out")), inRoom.join("\n"));
  const toAlice = await messagesIn(alice, direct);
  assert.equal(toAlice.filter((body) => body.includes("Ruled out")).length, 2, "only what she asked for");
  assert.equal((await knownChats(bob)).length, 1, "only the chat he asked for");
});

/** Has somebody invited, and waits until they are in the room. */
async function come(name: string, displayName: string, known?: Person): Promise<Person> {
  const person = known ?? (await newPerson(synapse, name, { displayName }));
  await alice.say(room, `!inc invite ${person.userId}`);
  await enter(room, person);
  // From here on the next invitation is that to the direct chat.
  await person.waitFor((event) => isJoin(event, person.userId), { what: "the own join", room });
  return person;
}

/** The one message of the bot in a chat. */
async function onlyMessage(person: Person, chat: RoomId): Promise<string> {
  await person.waitFor(saying(bot, id), { what: "what has been done", room: chat });
  const [message, ...others] = await messagesIn(person, chat);
  assert.deepEqual(others, []);
  return message ?? "";
}

async function messagesIn(person: Person, where: RoomId): Promise<readonly string[]> {
  const said = (await wholeRoom(person, where)).filter(
    ({ type, sender }) => type === "m.room.message" && sender === bot,
  );
  return said.map(({ content }) => text(content, "body") ?? "");
}

/** All that has to be known, and nothing else. */
function assertCaughtUp(told: string): void {
  const lines = told.split("\n");
  assert.ok(lines.length <= mostLines, told);
  for (const words of [...past.facts, ...past.ruledOut, ...past.decisions]) {
    assert.equal(lines.filter((line) => line.includes(words)).length, 1, `"${words}" in:\n${told}`);
  }
  for (const [, owner, words] of past.tasks) {
    assert.ok(
      lines.some((line) => line.includes(words) && line.includes(owner)),
      `"${words}" of ${owner} in:\n${told}`,
    );
  }
  for (const words of [title, "chatter", "coins"])
    assert.ok(!told.includes(words), `"${words}" in:\n${told}`);
}

/** Whether the bot still takes a room for somebody's direct chat. */
async function isKept(chat: RoomId): Promise<boolean> {
  return (await reading(config, (db) => findPlace(db, chat))) !== undefined;
}

/** The rooms, besides the incident's, into which the bot has asked somebody, or where it is with them. */
async function knownChats(person: Person): Promise<readonly RoomId[]> {
  const { rooms } = await person.call("GET", "/_matrix/client/v3/sync");
  const of = (kind: string) => (isObject(rooms) && isObject(rooms[kind]) ? Object.keys(rooms[kind]) : []);
  return [...of("join"), ...of("invite")].filter((each) => each !== room) as RoomId[];
}
