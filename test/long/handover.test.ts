import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { fold } from "../../src/incident/evolve.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { holders } from "../../src/incident/incident.ts";
import { object, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import { openStore } from "../../src/store/store.ts";
import { chanceFor } from "../support/chance.ts";
import { newPerson } from "../support/homeserver.ts";
import { declare, enter, levelsIn, openIncident, saying, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, ServiceProcess, startService } from "../support/service.ts";

const roleState = "org.cordon.role";

/** How far a handover has come when the service dies. */
const stages = ["typed", "briefed", "asked", "accepted", "taken"] as const;
type Stage = (typeof stages)[number];

/** In each round command passes once in every incident, and the service dies once. */
const rounds = 10;
/** The incidents in which it passes at the same time; the round goes by the first of them. */
const incidents = 4;
/** The longest that the service outlives the stage at which it is to die, in milliseconds. */
const longestMs = 150;

const installation = await newInstallation();
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });

/** Somebody passes command on to somebody else. */
interface Passing {
  readonly from: Person;
  readonly to: Person;
}

test(`killed in the middle of ${rounds * incidents} handovers, each is done or not done, and then done`, async (t) => {
  const chance = chanceFor(t);
  const service = new ServiceProcess(installation);
  service.start();
  const rooms = await openRooms();

  for (let round = 0; round < rounds; round++) {
    const passing = round % 2 === 0 ? { from: alice, to: bob } : { from: bob, to: alice };
    const stage = stages[round % stages.length] ?? "typed";
    const came = Promise.withResolvers<void>();
    const passed = [...rooms.values()].map((room, i) =>
      pass(room, passing, (reached) => i === 0 && reached === stage && came.resolve()),
    );
    const all = Promise.all(passed);
    await Promise.race([came.promise, all]);
    await delay(chance() * longestMs);
    await service.kill();
    await t.test(`killed once the first was ${stage}, every incident has one commander`, () =>
      assertOneOf(rooms, passing),
    );
    service.start();
    await all;
  }

  for (const [id, room] of rooms) {
    await t.test(`${id}: never two commanders, and never none`, () => assertNeverTwo(room));
    await t.test(`${id}: brief, question and acceptance in this order, each once`, () =>
      assertOrder(id, room),
    );
  }
});

test("an answer that comes before the service has noted what it asked is not lost", async () => {
  const before = await startService(installation);
  const { room } = await declare(alice, bot, "sev4 A pump @bob");
  await enter(room, bob);
  const typed = await alice.say(room, `!inc role scribe ${bob.userId}`);
  const asked = await bob.waitFor(saying(bot, "✅ to be scribe"), {
    what: "the question",
    room,
    after: typed,
  });
  await before.stop();
  await forgetSending(asked.event_id);
  await bob.react(room, asked.event_id, "✅");
  await startService(installation);
  await bob.waitFor(saying(bot, "Bob is scribe since"), { what: "the news", room });
});

/** Makes the database what it is when the service dies before it notes an event, and takes its time after that. */
async function forgetSending(event: EventId): Promise<void> {
  const store = await openStore(config.database);
  await store.db
    .updateTable("outbox")
    .set({ sent_at: null, event_id: null, not_before: Date.now() + 4_000 })
    .where("event_id", "=", event)
    .execute();
  await store.close();
}

async function openRooms(): Promise<ReadonlyMap<IncidentId, RoomId>> {
  const direct = await openDirectChat(alice, bot);
  const rooms = new Map<IncidentId, RoomId>();
  for (let n = 1; n <= incidents; n++) {
    const room = await openIncident(alice, direct, `new sev4 Pump ${n} leaks @bob`);
    await enter(room, bob);
    rooms.set(incidentId(n), room);
  }
  return rooms;
}

/** Passes command on as people do, whatever becomes of the service meanwhile; tells how far it has come. */
async function pass(room: RoomId, { from, to }: Passing, reached: (stage: Stage) => void): Promise<void> {
  const typed = await from.say(room, `!inc handover commander ${to.userId}`);
  reached("typed");
  const seen = { room, after: typed };
  await to.waitFor(saying(bot, "Brief for"), { ...seen, what: "the brief" });
  reached("briefed");
  const asked = await to.waitFor(saying(bot, "✅ to be commander"), { ...seen, what: "the question" });
  reached("asked");
  await to.react(room, asked.event_id, "✅");
  reached("accepted");
  await to.waitFor(({ content }) => levelsIn(content)[to.userId] === 60, { ...seen, what: "the power" });
  reached("taken");
  await to.waitFor(saying(bot, "is commander since"), { ...seen, what: "the news" });
  await to.waitFor(({ type, content }) => type === roleState && publishedIn(content)[0] === to.userId, {
    ...seen,
    what: "the role being published",
  });
}

/** While the service is dead: who commands by the journal, by the room, and who has the power. */
async function assertOneOf(rooms: ReadonlyMap<IncidentId, RoomId>, { from, to }: Passing): Promise<void> {
  const either: readonly UserId[] = [from.userId, to.userId];
  for (const [id, room] of rooms) {
    const incident = fold(await journal(config, id));
    assert.ok(incident !== undefined);
    const [commander, ...others] = holders(incident, "commander");
    assert.ok(commander !== undefined && either.includes(commander) && others.length === 0);
    const powerful = commandersIn(await from.state(room, "m.room.power_levels"));
    const published = publishedIn(await from.state(room, roleState, "commander"));
    for (const users of [powerful, published]) {
      assert.equal(users.length, 1);
      // The room follows the journal, and is never ahead of it.
      assert.ok(users[0] === commander || users[0] === from.userId, `${users[0]} in ${id}`);
    }
  }
}

/** What the room says to everyone: at every moment of its history one commander, in the end the right one. */
async function assertNeverTwo(room: RoomId): Promise<void> {
  const last = rounds % 2 === 0 ? alice.userId : bob.userId;
  const history = await wholeRoom(alice, room);
  const powerful = history
    .filter(({ type }) => type === "m.room.power_levels")
    .map(({ content }) => commandersIn(content));
  const published = history
    .filter(({ type, state_key }) => type === roleState && state_key === "commander")
    .map(({ content }) => publishedIn(content));
  // The homeserver makes the room with levels of its own first.
  for (const each of [powerful.slice(powerful.findIndex((users) => users.length > 0)), published]) {
    assert.equal(each.length, 1 + rounds);
    assert.ok(each.every((users) => users.length === 1));
    assert.deepEqual(each.at(-1), [last]);
  }
}

/** Each handover in the journal and in the room: its steps in their order, and nothing said twice. */
async function assertOrder(id: IncidentId, room: RoomId): Promise<void> {
  const inJournal = ["handover-begun", "handover-briefed", "role-accepted"];
  const inRoom = ["brief", "question", "✅", "news"];
  const written = (await journal(config, id))
    .map(({ type }) => type)
    .filter((type) => inJournal.includes(type));
  assert.deepEqual(written, repeated(inJournal));
  assert.deepEqual(await stepsIn(room), repeated(inRoom));
}

function repeated(steps: readonly string[]): readonly string[] {
  return Array.from({ length: rounds }, () => steps).flat();
}

/** What the bot said about handovers in a room and what was answered, in the order of the room. */
async function stepsIn(room: RoomId): Promise<readonly string[]> {
  const questions = new Set<unknown>();
  return (await wholeRoom(alice, room)).flatMap((event) => {
    const body = text(event.content, "body") ?? "";
    const relation = object(event.content, "m.relates_to");
    if (event.type === "m.reaction") {
      return event.sender !== bot && questions.has(text(relation, "event_id")) ? ["✅"] : [];
    }
    if (event.sender !== bot || event.type !== "m.room.message" || relation !== undefined) return [];
    if (body.startsWith("Brief for")) return ["brief"];
    if (body.includes("is commander since")) return ["news"];
    if (!body.includes("✅ to be commander")) return [];
    questions.add(event.event_id);
    return ["question"];
  });
}

function commandersIn(levels: unknown): readonly UserId[] {
  return Object.entries(levelsIn(levels)).flatMap(([user, level]) => (level === 60 ? [user as UserId] : []));
}

function publishedIn(role: unknown): readonly unknown[] {
  const users = object({ role }, "role")?.users;
  return Array.isArray(users) ? users : [];
}
