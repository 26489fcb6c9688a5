import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import type { Entry } from "../../src/incident/entry.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { heldMs } from "../../src/incident/policy.ts";
import { object, type RoomEvent, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { openStore } from "../../src/store/store.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, enter, openIncident, saying, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

/** From how long on a command is late, in seconds; what is typed while the service runs must not get there. */
const staleAfter = 30;

const installation = await newInstallation({
  grace: "1h",
  sections: { commands: { stale_after: `${staleAfter}s` } },
});
const { synapse, bot, config } = installation;
const service = new ServiceProcess(installation);
service.start();
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const carol = await newPerson(synapse, "carol", { displayName: "Carol" });
const [aliceAlone, bobAlone, carolAlone] = await Promise.all([
  openDirectChat(alice, bot),
  openDirectChat(bob, bot),
  openDirectChat(carol, bot),
]);
const id = incidentId(1);
const room = await openIncident(alice, aliceAlone, "new sev4 Payments fail @bob @carol");
await enter(room, bob, carol);
await carryOut(alice, room, bot, "!inc accept");

/** Something typed while the service was down. */
interface Typed {
  readonly by: Person;
  readonly room: RoomId;
  readonly event: EventId;
}

async function type(by: Person, where: RoomId, words: string): Promise<Typed> {
  return { by, room: where, event: await by.say(where, words) };
}

/** What was typed while the service was down, by what becomes of it. */
const typed = await whileDown(async () => ({
  role: await type(alice, room, "!inc role scribe @carol"),
  note: await type(bob, room, "!inc note the queue grows"),
  task: await type(bob, room, "!inc task @carol look at the queue"),
  over: await type(alice, room, "!inc over all is well"),
  status: await type(carol, room, "!inc status"),
  wrong: await type(carol, room, "!inc over all is well"),
  opened: await type(bob, bobAlone, "new sev4 Something else burns"),
  dropped: await type(carol, carolAlone, "new sev4 Nothing burns"),
  apart: await type(carol, carolAlone, `note ${id} the mail fails too`),
  expiring: await type(carol, carolAlone, `note ${id} and the phone`),
}));
const { role, note, task, over, status, wrong, opened, dropped, apart, expiring } = typed;
const held = [role, note, task, over, apart, expiring];

test("what waited too long is asked about where it was typed, and not done", async () => {
  const names = ["role", "note", "task", "over", "new", "new", "note", "note"];
  const late = [role, note, task, over, opened, dropped, apart, expiring];
  for (const [i, each] of late.entries()) {
    const { content, event_id } = await questionAbout(each);
    assert.match(String(content.body), new RegExp(`: !inc ${names[i]} … from .* was not done`));
    assert.deepEqual(content["m.mentions"], { user_ids: [each.by.userId] });
    for (const key of ["✅", "❌"]) await control(each, event_id, key);
  }
  // Rooms are handled side by side.
  const byCommand = (a: readonly string[], b: readonly string[]) => String(a[0]).localeCompare(String(b[0]));
  assert.deepEqual(
    (await entries("command-held")).map(({ cause, actor }) => [cause, actor]).sort(byCommand),
    held.map(({ event, by }) => [event, by.userId]).sort(byCommand),
  );
  assert.deepEqual(await entries("role-offered", "recorded", "task-added", "over", "command-answered"), []);
  await assertOneIncident();
});

test("what changes nothing, and what is refused, is answered at once", async () => {
  const seenAfter = (words: string, { event }: Typed) =>
    carol.waitFor(saying(bot, words), { what: words, room, after: event });
  await seenAfter("INC-0001", status);
  await seenAfter("Only the commander ends an incident.", wrong);
});

test("until the answer an hour is left, by a timer", async () => {
  const due = new Map((await timers()).map(({ key, due_at }) => [key, due_at]));
  for (const { eventAt, cause } of await entries("command-held")) {
    const dueAt = due.get(`held/${cause}`) ?? 0;
    assert.ok(Math.abs(dueAt - eventAt - heldMs) < 60_000, `${cause} expires at ${dueAt}`);
  }
});

test("✅ of somebody else means nothing; of who typed it, it does it, once", async () => {
  await press(role, "✅", carol);
  await press(role, "❌", bob);
  await seen(bob, room);
  assert.deepEqual(await entries("role-offered", "command-answered"), []);
  await press(role, "✅");
  await carol.waitFor(saying(bot, "Carol: ✅ to be scribe"), { what: "the question", room });
  await press(role, "✅\ufe0f");
  await seen(bob, room);
  assert.equal((await entries("role-offered")).length, 1);
  assert.deepEqual(await answersTo(role), ["confirmed"]);
});

test("❌ leaves it, and that stays so", async () => {
  await press(task, "❌");
  await press(over, "❌");
  await seen(bob, room);
  assert.deepEqual([...(await answersTo(task)), ...(await answersTo(over))], ["dropped", "dropped"]);
  await press(task, "✅");
  await press(over, "✅");
  await seen(bob, room);
  assert.deepEqual(await entries("task-added", "over"), []);
});

test("a question stands over a restart; what is done then stands for what was typed first", async () => {
  await restart();
  // The answer too may be on its way when the service dies.
  await press(note, "✅");
  await restart();
  await press(note, "✅\ufe0f");
  const shown = await seen(alice, room);
  const recorded = await entries("recorded");
  assert.deepEqual(
    recorded.map(({ actor, data }) => [actor, data]),
    [[bob.userId, { kind: "note", text: "the queue grows" }]],
  );
  assert.ok(shown.includes(encodeURIComponent(note.event)), shown);
});

test("what was typed elsewhere is done by ✅ there, and its text is kept no longer", async () => {
  assert.notEqual(await kept(apart), "");
  await press(apart, "✅");
  await until(async () => (await entries("recorded")).length === 2, "the note");
  assert.equal(await kept(apart), "");
  assert.notEqual(await kept(note), "", "what was said in the incident's room is its record");
});

test("an incident is opened late by ✅, once; ❌ forgets it", async () => {
  assert.match(await kept(opened), /Something else burns/);
  await press(dropped, "❌");
  await press(opened, "✅");
  const other = await bob.waitForInvitation();
  await bob.join(other);
  await bob.waitFor(saying(bot, "INC-0002 is open"), { what: "the answer", room: bobAlone });
  await until(async () => (await kept(dropped)) === "", "what was left being forgotten");
  assert.equal(await kept(opened), "");
  await press(opened, "✅\ufe0f");
  await press(dropped, "✅");
  for (const [person, chat] of [
    [bob, bobAlone],
    [carol, carolAlone],
  ] as const) {
    assert.notEqual(await command(person, chat, bot, "list"), "");
  }
  const numbers = await reading(config, (db) => db.selectFrom("incident").select("id").execute());
  assert.deepEqual(
    numbers.map((each) => each.id),
    [id, incidentId(2)],
  );
});

test("after an hour it is left, and whoever answers then is told so", async () => {
  await service.kill();
  await makeDue(`held/${expiring.event}`);
  service.start();
  await until(async () => (await answersTo(expiring)).length > 0, "the expiry");
  assert.deepEqual(await answersTo(expiring), ["expired"]);
  assert.equal(await kept(expiring), "");
});

test("every question is put once, and every command is answered once", async () => {
  assert.equal((await entries("command-answered")).length, held.length);
  const questions = (await wholeRoom(alice, room)).filter(({ content }) => isAsking(content));
  assert.equal(questions.length, 4);
});

/** Ends the service for longer than a command may wait, while people type. */
async function whileDown<T>(work: () => Promise<T>): Promise<T> {
  await service.kill();
  const done = await work();
  // It is time itself that makes a command late.
  await delay(staleAfter * 1000);
  service.start();
  return done;
}

async function restart(): Promise<void> {
  await service.kill();
  service.start();
  await service.listens();
}

/** What stands in the incident's journal, of these kinds. */
async function entries<T extends Entry["type"]>(...types: readonly T[]) {
  const all = await journal(config, id);
  return all.filter((entry): entry is Extract<Entry, { type: T }> =>
    types.some((type) => type === entry.type),
  );
}

/** How something that was held was answered, by the journal. */
async function answersTo({ event }: Typed): Promise<readonly string[]> {
  const answered = await entries("command-answered");
  return answered.filter(({ data }) => data.command === event).map(({ data }) => data.answer);
}

/** The bot's question whether something is still meant. */
function questionAbout({ by, room: where, event }: Typed) {
  return by.waitFor(({ sender, content }) => sender === bot && isAsking(content, event), {
    what: `the question about ${event}`,
    room: where,
  });
}

function isAsking(content: unknown, about?: EventId): boolean {
  const question = object(content, "org.cordon.question");
  return question?.about === "command" && (about === undefined || question.command === about);
}

/** Waits for the reaction of the bot that is there to be pressed. */
async function control({ by, room: where }: Typed, question: EventId, key: string): Promise<void> {
  const isIt = ({ sender, content }: { readonly sender: string; readonly content: unknown }) => {
    const relation = object(content, "m.relates_to");
    return sender === bot && text(relation, "event_id") === question && text(relation, "key") === key;
  };
  await by.waitFor(isIt, { what: `the ${key}`, room: where });
}

/** Answers the question about something typed; by whoever typed it, where nobody else is named. */
async function press(about: Typed, key: string, by = about.by): Promise<void> {
  const { event_id } = await questionAbout(about);
  await by.react(about.room, event_id, key);
}

/** Has everything until now seen by the service: what is typed in one room is handled in its order. */
async function seen(person: Person, where: RoomId): Promise<string> {
  const asked = await person.say(where, "!inc timeline");
  const isTimeline = ({ sender, content }: RoomEvent) =>
    sender === bot && /^(?:\d|Nothing is on)/.test(text(content, "body") ?? "");
  const shown = await person.waitFor(isTimeline, { what: "the timeline", room: where, after: asked });
  return String(shown.content.body);
}

/** What the service keeps of a message, empty where it has forgotten its text. */
async function kept({ event }: Typed): Promise<string> {
  const row = await reading(config, (db) =>
    db.selectFrom("inbox").select("json").where("event_id", "=", event).executeTakeFirstOrThrow(),
  );
  return row.json;
}

async function timers() {
  return reading(config, (db) =>
    db.selectFrom("timer").select(["key", "due_at"]).where("incident", "=", id).execute(),
  );
}

/** Makes it so that the time of a timer has come. */
async function makeDue(key: string): Promise<void> {
  const store = await openStore(config.database);
  await store.db.updateTable("timer").set({ due_at: Date.now() }).where("key", "=", key).execute();
  await store.close();
}

async function assertOneIncident(): Promise<void> {
  const rows = await reading(config, (db) => db.selectFrom("incident").select("id").execute());
  assert.deepEqual(
    rows.map((row) => row.id),
    [id] satisfies IncidentId[],
  );
}
