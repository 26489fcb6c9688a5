import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import type { Person } from "../../src/demo/person.ts";
import { object, type RoomEvent, text } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { matrixTo } from "../../src/words/rich.ts";
import { asBot } from "../support/bot.ts";
import { chanceFor } from "../support/chance.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerEvent, carryOut, command, saying, wholeRoom } from "../support/incident-room.ts";
import { newRoleRoom } from "../support/role-room.ts";
import { newInstallation, ServiceProcess, until } from "../support/service.ts";

const pin = "📌";
/** The same to people, and another key to the homeserver, which takes each only once. */
const pinAgain = "📌\ufe0f";
/** How often the service dies while it removes messages. */
const deaths = 6;
/** The longest that it outlives the command, in milliseconds. */
const longestMs = 400;

const installation = await newInstallation({ grace: "1h" });
const { bot, synapse } = installation;
const service = new ServiceProcess(installation);
service.start();
const place = await newRoleRoom(installation);
const { room } = place;
const { commander, deputy, scribe, ops, responder, observer } = place.people;
const stranger = await newPerson(synapse, "stranger");

test("📌 of whoever may write puts a message on the timeline, with a link to it", async () => {
  const said = await ops.say(room, "the queue of the north is stuck");
  await responder.react(room, said, pin);
  const line = await lineOf(said);
  assert.match(line, / ops\b.*: the queue of the north is stuck$/);
  assert.ok(line.includes(matrixTo(room, said, "cordon.test")), line);
});

test("📌 of one who only reads, or is not there, does not", async () => {
  const said = await ops.say(room, "nobody has to remember this");
  await refused(observer.react(room, said, pin));
  await refused(stranger.react(room, said, pin));
  // Asked to take a role one can answer, and so react, but not put anything on the record.
  await commander.say(room, `!inc role comms ${observer.userId}`);
  await place.hasLevels((levels) => object(levels, "users")?.[observer.userId] === 10);
  await observer.react(room, said, pin);
  await assertNoLine(said);
  await carryOut(observer, room, bot, "!inc decline");
});

test("📌 of two stays until both are taken away, and can come again", async () => {
  const said = await ops.say(room, "the disk is full");
  const first = await responder.react(room, said, pin);
  const second = await scribe.react(room, said, pin);
  const line = await lineOf(said);
  await responder.redact(room, first);
  assert.equal(await lineOf(said), line);
  await scribe.redact(room, second);
  await assertNoLine(said);
  await responder.react(room, said, pin);
  assert.equal(await lineOf(said), line, "it has another number now");
  assert.equal((await marksOn("marked", said)).length, 3);
  assert.equal((await marksOn("unmarked", said)).length, 2);
});

test("📌 twice of one person counts once, and so does taking it away", async () => {
  const said = await ops.say(room, "the spare disk is in the shelf");
  const once = await ops.react(room, said, pin);
  const twice = await ops.react(room, said, pinAgain);
  await lineOf(said);
  assert.equal((await marksOn("marked", said)).length, 1);
  await ops.redact(room, once);
  await ops.redact(room, twice);
  await assertNoLine(said);
  assert.equal((await marksOn("unmarked", said)).length, 1);
});

test("📌 on what was edited gives the words it has now", async () => {
  const said = await ops.say(room, "the disc is emty");
  await ops.edit(room, said, "the disk is empty");
  await responder.react(room, said, pin);
  assert.match(await lineOf(said), /: the disk is empty$/);
});

test("📌 on what was removed, and on what is no message, means nothing", async () => {
  const said = await ops.say(room, "the password is swordfish");
  await ops.redact(room, said);
  await responder.react(room, said, pin);
  const state = await place.memberEvent(ops.userId);
  await responder.react(room, state, pin);
  await assertNoLine(said);
  await assertNoLine(state);
});

test("what is removed after 📌 loses its words, and its line stays", async () => {
  const said = await ops.say(room, "the key is under the mat");
  const reaction = await responder.react(room, said, pin);
  await lineOf(said);
  await ops.redact(room, said);
  assert.match(await lineOf(said), / ops\b.*: \(removed\)$/);
  assert.doesNotMatch(await timeline(), /under the mat/);
  await responder.redact(room, reaction);
  assert.match(await lineOf(said), /\(removed\)$/, "a line that lost its words is gone without them");
});

test("📌 under the bot's message puts that on the timeline; other reactions mean nothing", async () => {
  const before = (await place.entries("marked")).length;
  const said = await ops.say(room, "somebody might nod at this");
  for (const key of ["✅", "❌", "👍", "pin"]) await responder.react(room, said, key);
  await assertNoLine(said);
  assert.equal((await place.entries("marked")).length, before);
  const card = await commander.waitFor(saying(bot, "INC-0001"), { what: "the card", room });
  await responder.react(room, card.event_id, pin);
  assert.match(await lineOf(card.event_id), /INC-0001/);
});

test("✅ of its owner acknowledges a task, once; nobody else's does, and taking it away changes nothing", async () => {
  const marks = (await place.entries("unmarked")).length;
  const { question, task } = await ask(ops, "restart the queue");
  await responder.react(room, question, "✅");
  await commander.react(room, question, "✅");
  await ops.react(room, question, "❌");
  assert.deepEqual(await acknowledged(task), []);
  const answer = await ops.react(room, question, "✅");
  await ops.react(room, question, "✅\ufe0f");
  assert.deepEqual(await acknowledged(task), [ops.userId]);
  await ops.redact(room, answer);
  assert.deepEqual(await acknowledged(task), [ops.userId]);
  assert.equal((await place.entries("unmarked")).length, marks, "that was no 📌");
});

test("✅ under a question that was removed, or copied, means nothing", async () => {
  const { question, task, event } = await ask(ops, "count the disks");
  const copy = await responder.send(room, "m.room.message", event.content);
  await ops.react(room, copy, "✅");
  assert.deepEqual(await acknowledged(task), []);
  await redactAsBot(question);
  await ops.react(room, question, "✅");
  assert.deepEqual(await acknowledged(task), []);
});

test("redact removes a message of somebody else, by its link or as a reply", async () => {
  const linked = await ops.say(room, "the token is 1234");
  await responder.react(room, linked, pin);
  const link = /\((https:[^)]+)\)/.exec(await lineOf(linked))?.[1];
  assert.equal(await command(commander, room, bot, `!inc redact ${link} it is a secret`), "✅");
  await isGone(linked);
  assert.match(await lineOf(linked), /\(removed\)$/);

  const replied = await ops.say(room, "and the other is 5678");
  const typed = await scribe.say(room, "!inc redact so is this", { replyTo: replied });
  assert.equal((await answerEvent(scribe, room, bot, typed)).type, "m.reaction");
  await isGone(replied);
  const reasons = (await place.entries("redaction-ordered")).map(({ data }) => data.reason);
  assert.deepEqual(reasons, ["it is a secret", "so is this"]);
});

test("redact is for commander and scribe alone, and needs a message", async () => {
  const said = await ops.say(room, "nothing secret");
  for (const person of [deputy, ops, responder]) {
    const typed = await person.say(room, "!inc redact I do not like it", { replyTo: said });
    const answer = await answerEvent(person, room, bot, typed);
    assert.match(text(answer.content, "body") ?? "", /^Only the commander or the scribe/);
  }
  assert.match(await command(scribe, room, bot, "!inc redact it is a secret"), /^Which message\?/);
  assert.equal(text((await eventIn(said)).content, "body"), "nothing secret");
});

test("redact leaves alone what nobody said here, what is gone, and the card", async () => {
  const gone = await ops.say(room, "gone already");
  await ops.redact(room, gone);
  const card = await commander.waitFor(saying(bot, "INC-0001"), { what: "the card", room });
  const elsewhere = await stranger.say(await stranger.createRoom({}), "said elsewhere");
  for (const event of [gone, card.event_id, elsewhere, await place.memberEvent(ops.userId)]) {
    assert.match(await command(scribe, room, bot, `!inc redact ${event} it is a secret`), /^Which message\?/);
  }
});

test(`killed ${deaths} times while it removes messages, the service removes each of them once`, async (t) => {
  const chance = chanceFor(t);
  const said: EventId[] = [];
  for (let n = 1; n <= deaths; n++) {
    await service.listens();
    const message = await ops.say(room, `secret number ${n}`);
    said.push(message);
    await commander.say(room, "!inc redact it is a secret", { replyTo: message });
    await delay(chance() * longestMs);
    await service.kill();
    service.start();
  }
  for (const message of said) await isGone(message);
  await timeline();
  const removals = (await wholeRoom(commander, room)).filter(({ type }) => type === "m.room.redaction");
  for (const message of said) {
    assert.equal(removals.filter(({ content }) => text(content, "redacts") === message).length, 1);
  }
});

/** The timeline as the bot shows it. Whatever was done before it was asked for has been seen by then. */
async function timeline(): Promise<string> {
  const typed = await commander.say(room, "!inc timeline 40");
  const isTimeline = ({ sender, content }: RoomEvent) =>
    sender === bot && /^(?:\d|Nothing is on)/.test(text(content, "body") ?? "");
  const shown = await commander.waitFor(isTimeline, { what: "the timeline", room, after: typed });
  return text(shown.content, "body") ?? "";
}

/** The line of the timeline that links to a message. */
async function lineOf(message: EventId): Promise<string> {
  const shown = await timeline();
  const line = shown.split("\n").find((each) => each.includes(encodeURIComponent(message)));
  assert.ok(line !== undefined, `${message} is not on the timeline:\n${shown}`);
  return line;
}

async function assertNoLine(message: EventId): Promise<void> {
  assert.ok(!(await timeline()).includes(encodeURIComponent(message)), `${message} is on the timeline`);
}

async function marksOn(type: "marked" | "unmarked", message: EventId) {
  return (await place.entries(type)).filter(({ data }) => data.message === message);
}

/** Gives somebody something to do: the bot's question, and the task's number. */
async function ask(owner: Person, words: string) {
  const typed = await commander.say(room, `!inc task ${owner.userId} ${words}`);
  const event = await owner.waitFor(saying(bot, words), { what: "the question", room, after: typed });
  const task = Number(/task (\d+)/.exec(text(event.content, "body") ?? "")?.[1]);
  return { event, question: event.event_id, task };
}

/** Who has acknowledged a task, as soon as everything until now has been seen. */
async function acknowledged(task: number) {
  await timeline();
  const entries = await place.entries("task-acknowledged");
  return entries.filter(({ data }) => data.task === task).map(({ data }) => data.user);
}

async function redactAsBot(event: EventId): Promise<void> {
  await asBot(installation).redact(room, event, "by-hand", "");
}

async function eventIn(event: EventId): Promise<Pick<RoomEvent, "content">> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`;
  return { content: object(await commander.call("GET", path), "content") ?? {} };
}

/** Waits until a message has no words any more at the homeserver. */
async function isGone(message: EventId): Promise<void> {
  await until(async () => (await eventIn(message)).content.body === undefined, `${message} being removed`);
}

async function refused(attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof HomeserverRefusal && error.status === 403);
}
