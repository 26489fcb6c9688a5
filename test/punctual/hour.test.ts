import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { fold } from "../../src/incident/evolve.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { holders } from "../../src/incident/incident.ts";
import { outboxFigures } from "../../src/journal/outbox.ts";
import { object, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { enter, isEdit, isJoin, saying, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, reading, startService, until } from "../support/service.ts";

/** A minute of the hour that is played, in milliseconds: the settings have seconds where usual ones have minutes. */
const minuteMs = 1_000;

/**
 * What the bot may say in the room in such an hour, in new messages; edits and reactions light up nothing.
 * `woken`: five tasks and six roles are asked about once each, and the relapse is news to all. `reminded`: one for each
 * reminder that was due; on a slow machine people are late more often. `told`: card, brief, updates, roles that passed, states, and the archive.
 * `answers`: one for each line that was not taken. In all less than one message a minute, among eight people.
 */
const budget = { woken: 12, told: 17, answers: 7 };

const installation = await newInstallation({
  grace: "30s",
  roles: { accept_within: "5s", silent_after: "10s", vacancy_first: "2s", vacancy_again: "5s" },
  sections: {
    reminders: { again: "5s", task_answer: "2s" },
    severities: { sev2: { update_every: "30s" } },
    playbooks: {
      payments: {
        version: "2026-07",
        severities: ["sev2"],
        items: ["tell the service desk", "open a bridge"],
      },
    },
  },
});
const { synapse, bot, config } = installation;
await startService(installation);
const named = (name: string) => newPerson(synapse, name.toLowerCase(), { displayName: name });
const alice = await named("Alice");
const bob = await named("Bob");
const carol = await named("Carol");
const dave = await named("Dave");
const erin = await named("Erin");
const frank = await named("Frank");
const grace = await named("Grace");
const heidi = await named("Heidi");
const everyone = [alice, bob, carol, dave, erin, frank, grace, heidi];
const direct = await openDirectChat(alice, bot);
const id = incidentId(1);

/** What people put on the record: on the timeline, and nowhere else. */
const records = {
  note: "the bank has called back",
  fact: "only payments above 500 fail",
  ruledout: "the network is clean",
  decision: "roll back release 214",
} as const;

/** Every line that was typed to the bot in the incident's room. */
const typed: EventId[] = [];
const opened: { room?: RoomId } = {};

/** What happens in which minute. */
const hour: readonly (readonly [minute: number, happens: () => Promise<void>])[] = [
  [0, open],
  [1, fillRoles],
  [
    3,
    async () => {
      await done(alice, "impact card payments in all shops from 20m ago");
      await learns(carol, `note at 25:61 ${records.note}`, (codes) => {
        const ago = codes.find((code) => code.endsWith("ago"));
        return `note at ${ago} ${records.note}`;
      });
      await done(grace, `fact ${records.fact}`);
      await done(dave, `ruledout ${records.ruledout}`);
    },
  ],
  [5, handOutTasks],
  [
    10,
    async () => {
      await done(alice, `decision ${records.decision}`);
      const said = await dave.say(room(), "the queue of the north is stuck");
      await grace.react(room(), said, "📌");
      await learns(erin, "done", (codes) => filled(codes[0], { "<n>": "4", " [text]": " the log is clean" }));
    },
  ],
  [14, () => done(alice, "update rolling back release 214 next 14s")],
  [16, () => passRole("deputy", alice, bob)],
  [
    20,
    async () => {
      await done(frank, "volunteer comms");
      const asked = await alice.waitFor(saying(bot, "Frank offers to be comms"), {
        what: "Frank's offer",
        room: room(),
      });
      await alice.react(room(), asked.event_id, "✅");
      await told("Frank is comms since");
    },
  ],
  // Alice is late with the update; Bob gives it after his own reminder.
  [
    34,
    async () => {
      await told("Bob: an update");
      await done(bob, "update release 214 is rolled back in half of the shops");
    },
  ],
  [40, comeLate],
  [
    43,
    async () => {
      await learns(alice, "release commander", (codes) => filled(codes[0], { "@name": "@bob" }));
      const asked = await told("Bob: ✅ to be commander");
      await bob.react(room(), asked, "✅");
      await told("Bob is commander since");
    },
  ],
  [46, () => done(bob, "mitigated release 214 is rolled back everywhere")],
  [48, () => done(bob, "relapse the north fails again")],
  [52, () => done(bob, "mitigated the north was restarted")],
  [55, end],
  [58, () => done(bob, "archive")],
];

test("eight people work for an hour, and nobody types a command wrong twice", async () => {
  const began = Date.now();
  const chatting = chat(began);
  for (const [minute, happens] of hour) {
    await delay(Math.max(0, began + minute * minuteMs - Date.now()));
    await happens();
  }
  await chatting;
  await told("Archived and read again");
  await until(async () => (await reading(config, outboxFigures)).waiting === 0, "the last message");
  const incident = fold(await journal(config, id));
  assert.ok(incident !== undefined);
  assert.equal(incident.state, "archived");
  assert.deepEqual(holders(incident, "commander"), [bob.userId]);
  assert.equal(incident.relapses, 1);
  assert.deepEqual(incident.outcome?.missing, []);
  assert.deepEqual(
    incident.tasks.map(({ state }) => state),
    ["done", "dropped", "done", "done", "dropped", "done"],
  );
});

test("what everybody sees is within the budget, and said once", async (t) => {
  const said = (await messages()).filter((event) => !isEdit(event));
  const rows = await sent();
  const answers = new Set<unknown>(
    rows.filter(({ key }) => key.endsWith("/answer")).map(({ event }) => event),
  );
  const others = said.filter(({ event_id }) => !answers.has(event_id));
  const reminders = (await journal(config, id)).filter(({ type }) => isReminder(type)).length;
  const isWaking = (event: (typeof said)[number]) => text(event.content, "msgtype") === "m.text";
  const counted = {
    woken: others.filter(isWaking).length - reminders,
    told: others.filter((event) => !isWaking(event)).length,
    answers: said.length - others.length,
  };
  t.diagnostic(`${JSON.stringify(counted)} and ${reminders} reminders`);
  assert.ok(reminders >= 3, `only ${reminders} reminders`);
  for (const [kind, most] of Object.entries(budget)) {
    assert.ok(counted[kind as keyof typeof budget] <= most, `${kind}: ${JSON.stringify(counted)}`);
  }
  const bodies = said.map(({ content }) => text(content, "body") ?? "");
  const notBriefing = bodies.filter((body) => !body.startsWith("Brief for"));
  const inRoom = rows.filter(({ roomId, type }) => roomId === room() && type === "m.room.message");
  assert.equal(inRoom.length, (await messages()).length, "what was sent once stands there once");
  for (const words of Object.values(records)) {
    assert.ok(!notBriefing.some((body) => body.includes(words)), `"${words}" is repeated in the room`);
  }
});

/** Whether an entry is that somebody was reminded, in the room. */
function isReminder(type: string): boolean {
  return type.endsWith("-reminded") || type === "task-unanswered" || type === "tasks-overdue";
}

test("the card is edited at most once a second", async (t) => {
  const edits = (await messages()).filter(isEdit).map(({ origin_server_ts }) => Number(origin_server_ts));
  t.diagnostic(`${edits.length} edits`);
  const pauses = edits.slice(1).map((at, i) => at - (edits[i] ?? 0));
  assert.ok(Math.min(...pauses) >= 1_000, `${Math.min(...pauses)} ms between two edits`);
});

test("whatever was typed is answered by ✅ or by words, never by both, nor by none", async () => {
  const keys = new Set((await sent()).map(({ key }) => key));
  for (const event of typed) {
    assert.notEqual(
      keys.has(`${event}/✅`),
      keys.has(`${event}/answer`),
      `${event} in ${[...keys].join(", ")}`,
    );
  }
});

test("nobody is told in private but who came late, and who opened it", async () => {
  const elsewhere = (await sent()).filter(({ roomId }) => roomId !== room());
  assert.deepEqual(
    elsewhere.map(({ key }) => key.replace(/^\$[^/]+/, "").replace(/\/\d+$/, "")),
    ["/answer", "/answer", `${id}/catchup/${heidi.userId}`],
  );
});

// What happens

async function open(): Promise<void> {
  const wrong = await alice.say(direct, "nwe sev2 Card payments fail");
  const { codes } = await answered(wrong);
  const people = "@bob @carol @dave @erin @frank @grace";
  await alice.say(direct, `${codes[0]} sev2 Card payments fail ${people}`);
  opened.room = await alice.waitForInvitation();
  await alice.join(opened.room);
  await enter(opened.room, bob, carol, dave, erin, frank, grace);
  await done(alice, "accept");
}

async function fillRoles(): Promise<void> {
  // The example in the answer is one that works.
  await learns(alice, "role scrbe @carol", (codes) => codes.at(-1));
  await carol.react(room(), await told("Carol: ✅ to be scribe"), "✅");
  await passRole("ops", alice, dave);
  await passRole("ops", alice, erin);
  await told("Erin is ops since");
}

async function passRole(role: string, by: Person, to: Person): Promise<void> {
  await done(by, `role ${role} ${to.userId}`);
  await done(to, "accept");
}

async function handOutTasks(): Promise<void> {
  await done(alice, "task 1 @frank");
  await acknowledged(frank, "task 1");
  await learns(alice, "task the queue is to be compared", (codes) => codes.at(-1));
  await acknowledged(bob, "task 3");
  // Erin does not answer, is reminded, and then Alice is told; meanwhile it is overdue.
  await done(alice, "task @erin due 4s read the log");
  await done(alice, "task @dave restart the queue");
  await acknowledged(dave, "task 5");
  await done(alice, "task scribe write down who was called");
  await acknowledged(carol, "task 6");
  await done(frank, "done 1 the desk knows");
  await told("Overdue");
}

async function acknowledged(owner: Person, task: string): Promise<void> {
  await owner.react(room(), await told(`: ${task}`), "✅");
}

async function comeLate(): Promise<void> {
  await done(alice, `invite ${heidi.userId}`);
  await enter(room(), heidi);
  await heidi.waitFor((event) => isJoin(event, heidi.userId), { what: "the own join", room: room() });
  const chat = await heidi.waitForInvitation();
  await heidi.join(chat);
  const brief = await heidi.waitFor(saying(bot, id), { what: "the past", room: chat });
  const body = text(brief.content, "body") ?? "";
  for (const words of [records.fact, records.ruledout, records.decision])
    assert.ok(body.includes(words), body);
  assert.ok(!body.includes("chatter"), body);
}

/** Ends it, doing what the bot says is left to do, one after the other. */
async function end(): Promise<void> {
  await done(bob, "done 3");
  await done(carol, "done 6");
  await learns(bob, "over rolled back release 214", (codes) =>
    filled(codes[1], { "<reason>": "not needed" }),
  );
  await learns(bob, "over rolled back release 214", (codes) =>
    filled(codes[1], { "<reason>": "not needed" }),
  );
  await done(bob, "over rolled back release 214");
}

/** What people say to each other meanwhile, which is none of the bot's business. */
async function chat(began: number): Promise<void> {
  for (let minute = 12; minute < 55; minute++) {
    await delay(Math.max(0, began + minute * minuteMs - Date.now()));
    const speaker = everyone[minute % 7] ?? alice;
    await speaker.say(room(), `chatter of minute ${minute}`);
  }
}

// Typing, and reading answers

function room(): RoomId {
  if (opened.room === undefined) throw new Error("There is no room yet.");
  return opened.room;
}

async function type(person: Person, words: string): Promise<EventId> {
  const event = await person.say(room(), words.startsWith("!") ? words : `!inc ${words}`);
  typed.push(event);
  return event;
}

/** Types what is to be done by it. */
async function done(person: Person, words: string): Promise<void> {
  const answer = await answered(await type(person, words));
  assert.ok(answer.isTick, `"${words}" was answered: ${answer.body}`);
}

/** Types something that is not taken as it is, and then what can be made of the commands in the answer. */
async function learns(
  person: Person,
  wrong: string,
  right: (codes: readonly string[]) => string | undefined,
): Promise<void> {
  const { isTick, body, codes } = await answered(await type(person, wrong));
  assert.ok(!isTick, `"${wrong}" was taken`);
  const words = right(codes);
  assert.ok(words !== undefined, `nothing in the answer to "${wrong}" helps: ${body}`);
  await done(person, words);
}

/** A command from an answer, with something in the place of what it leaves open. */
function filled(code: string | undefined, places: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(places).reduce(
    (words: string | undefined, [place, value]) => words?.replace(place, value),
    code,
  );
}

/** What the bot answered to a line: ✅ or words, and the commands in these. */
async function answered(event: EventId) {
  const found = async () =>
    (await sent()).find(({ key }) => [`${event}/✅`, `${event}/answer`].includes(key));
  await until(async () => (await found()) !== undefined, `an answer to ${event}`);
  const { key, content } = (await found()) ?? { key: "", content: {} };
  const html = text(content, "formatted_body") ?? "";
  const codes = [...html.matchAll(/<code>(.*?)<\/code>/g)].map(([, code = ""]) =>
    code.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
  return { isTick: key.endsWith("/✅"), body: text(content, "body") ?? "", codes };
}

/** Waits until the bot has said something in the room. */
async function told(words: string): Promise<EventId> {
  const event = await alice.waitFor(saying(bot, words), { what: words, room: room() });
  return event.event_id;
}

/** What the bot has sent, in its order. */
async function sent() {
  const rows = await reading(config, (db) =>
    db.selectFrom("outbox").selectAll().where("event_id", "is not", null).orderBy("seq").execute(),
  );
  return rows.map(({ key, type, event_id: event, room_id: roomId, content }) => {
    const sent: unknown = JSON.parse(content);
    return { key, type, event, roomId, content: object({ sent }, "sent") ?? {} };
  });
}

/** Every message of the bot in the incident's room. */
async function messages() {
  return (await wholeRoom(alice, room())).filter(
    ({ type, sender }) => type === "m.room.message" && sender === bot,
  );
}
