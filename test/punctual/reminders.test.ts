import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Entry } from "../../src/incident/entry.ts";
import { type IncidentId, incidentId, type RoomId } from "../../src/incident/ids.ts";
import { mostReminders } from "../../src/incident/policy.ts";
import { text } from "../../src/matrix/event.ts";
import { openStore } from "../../src/store/store.ts";
import { chanceFor } from "../support/chance.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, enter, openIncident, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, ServiceProcess, until } from "../support/service.ts";

/** The incidents in which the same is reminded of at the same time. */
const incidents = 3;
/** How often the service dies meanwhile, and how long it lives at most from when it listens, in milliseconds. */
const kills = 12;
const longestMs = 900;

const installation = await newInstallation({
  grace: "1h",
  roles: { vacancy_first: "1s", vacancy_again: "2s" },
  sections: {
    reminders: { again: "2s", task_answer: "2s" },
    severities: { sev3: { update_every: "15s" } },
  },
});
const { synapse, bot, config } = installation;
const service = new ServiceProcess(installation);
service.start();
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const direct = await openDirectChat(alice, bot);

/** An incident in which everything is late, and one whose commander is gone. */
interface Round {
  readonly late: IncidentId;
  readonly deserted: IncidentId;
  readonly lateRoom: RoomId;
  readonly desertedRoom: RoomId;
}

test(`killed ${kills} times while ${incidents * 2} incidents wait, each reminder comes once`, async (t) => {
  const chance = chanceFor(t);
  const rounds: Round[] = [];
  for (let n = 0; n < incidents; n++) rounds.push(await begin(n));
  for (let n = 0; n < kills; n++) {
    await service.listens();
    await delay(chance() * longestMs);
    await service.kill();
    if (n === kills / 2) await bringForwardHeld();
    service.start();
  }
  for (const { late, deserted, lateRoom, desertedRoom } of rounds) {
    await t.test(`${late}: update, task, due and what is held`, async () => {
      await hasAll(late, lateReminders);
      await assertToldOnce(lateRoom, lateWords);
    });
    await t.test(`${deserted}: nobody commands`, async () => {
      await hasAll(deserted, desertedReminders);
      await assertToldOnce(desertedRoom, desertedWords);
    });
  }
});

/** What follows in time, each once, by the kind of its entry and what tells it from others of that kind. */
const lateReminders = [
  "command-answered expired",
  "task-reminded 1",
  "task-unanswered 1",
  "tasks-overdue 2",
  "update-reminded commander",
  "update-reminded deputy",
  "update-reminded room",
];
const desertedReminders = [
  ...Array.from({ length: mostReminders }, () => "vacancy-reminded"),
  "vacancy-reported",
];

/** What the bot says about that, and how often. */
const lateWords = {
  "Bob, asked again: task 1": 1,
  "has not acknowledged task 1": 1,
  "Overdue:": 1,
  "Alice: an update": 1,
  "Bob: an update": 1,
  "An update has": 1,
};
const desertedWords = { "Nobody has been commander for": mostReminders + 1 };

/** Opens two incidents and brings them to where everything but time has happened. */
async function begin(n: number): Promise<Round> {
  const lateRoom = await openIncident(alice, direct, `new sev3 Leak number ${n} @bob`);
  const desertedRoom = await openIncident(alice, direct, `new sev4 Desert number ${n} @bob`);
  await enter(lateRoom, bob);
  await enter(desertedRoom, bob);
  const typed = [
    "accept",
    `role deputy ${bob.userId}`,
    "impact all payments from 1m ago",
    "note at yesterday 00:01 it was quiet",
    `task ${bob.userId} restart the pump`,
    `task ${alice.userId} due 5s call the plumber`,
  ];
  for (const words of typed) await alice.say(lateRoom, `!inc ${words}`);
  await carryOut(bob, lateRoom, bot, "!inc accept");
  await carryOut(alice, desertedRoom, bot, "!inc accept");
  await alice.leave(desertedRoom);
  const late = incidentId(2 * n + 1);
  return { late, deserted: incidentId(2 * n + 2), lateRoom, desertedRoom };
}

/** An hour is long: what is asked about expires soon. */
async function bringForwardHeld(): Promise<void> {
  const store = await openStore(config.database);
  await store.db
    .updateTable("timer")
    .set({ due_at: Date.now() + 1_500 })
    .where("key", "like", "held/%")
    .execute();
  await store.close();
}

/** Waits until every reminder stands in the journal, and finds each there once. */
async function hasAll(id: IncidentId, expected: readonly string[]): Promise<void> {
  const written = async () => (await journal(config, id)).flatMap(reminderIn).toSorted();
  await until(async () => (await written()).length >= expected.length, `the reminders of ${id}`);
  assert.deepEqual(await written(), expected.toSorted());
}

function reminderIn(entry: Entry): readonly string[] {
  switch (entry.type) {
    case "command-answered":
      return [`${entry.type} ${entry.data.answer}`];
    case "task-reminded":
    case "task-unanswered":
      return [`${entry.type} ${entry.data.task}`];
    case "tasks-overdue":
      return [`${entry.type} ${entry.data.tasks}`];
    case "update-reminded":
      return [`${entry.type} ${entry.data.to}`];
    case "vacancy-reminded":
    case "vacancy-reported":
      return [entry.type];
    default:
      return [];
  }
}

/** Waits until the room has been told all of it, and finds each of its messages there once. */
async function assertToldOnce(room: RoomId, expected: Readonly<Record<string, number>>): Promise<void> {
  const counted = async () => {
    const said = (await wholeRoom(bob, room))
      .filter(({ type, sender }) => type === "m.room.message" && sender === bot)
      .map(({ content }) => text(content, "body") ?? "");
    return Object.fromEntries(
      Object.keys(expected).map((words) => [words, said.filter((body) => body.includes(words)).length]),
    );
  };
  const isAll = async () => {
    const now = await counted();
    return Object.entries(expected).every(([words, times]) => (now[words] ?? 0) >= times);
  };
  await until(isAll, "the messages").catch(() => {});
  assert.deepEqual(await counted(), expected);
}
