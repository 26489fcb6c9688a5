import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import type { Entry } from "../../src/incident/entry.ts";
import { type IncidentId, incidentId, type RoomId } from "../../src/incident/ids.ts";
import { mostReminders } from "../../src/incident/policy.ts";
import { object, type RoomEvent } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import {
  carryOut,
  command,
  enter,
  isJoin,
  levelsIn,
  openIncident,
  saying,
} from "../support/incident-room.ts";
import { journal, newInstallation, reading, startService } from "../support/service.ts";

/** The durations of roles in this installation, in seconds. */
const silentAfter = 2;
const acceptWithin = 2;
const vacancyFirst = 1;
const vacancyAgain = 2;
/** Longer than any of them, and than some of them twice. */
const outageMs = 5_000;
/** How late a timer may be on a slow and busy machine, in milliseconds. */
const latenessMs = 4_000;

const installation = await newInstallation({
  administrators: ["root"],
  administratorsRoom: "#administration:cordon.test",
  roles: {
    accept_within: `${acceptWithin}s`,
    silent_after: `${silentAfter}s`,
    vacancy_first: `${vacancyFirst}s`,
    vacancy_again: `${vacancyAgain}s`,
  },
});
const { synapse, bot, config } = installation;
const service = await startService(installation);
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const carol = await newPerson(synapse, "carol", { displayName: "Carol" });
const root = await newPerson(synapse, "root", { displayName: "Root" });
const direct = await openDirectChat(alice, bot);
const administration = await root.createRoom({ room_alias_name: "administration", invite: [bot] });
await root.waitFor((event) => isJoin(event, bot), { what: "the bot", room: administration });

/** An incident that Alice commands, with Bob and Carol in its room. */
interface Played {
  readonly id: IncidentId;
  readonly room: RoomId;
}

const opened = { count: 0 };

async function open(): Promise<Played> {
  opened.count += 1;
  const room = await openIncident(alice, direct, `new sev4 Leak number ${opened.count} @bob @carol`);
  await enter(room, bob, carol);
  await carryOut(alice, room, bot, "!inc accept");
  return { id: incidentId(opened.count), room };
}

/** What stands in an incident's journal, of these kinds. */
async function entriesOf({ id }: Played, ...types: readonly Entry["type"][]): Promise<readonly Entry[]> {
  return (await journal(config, id)).filter(({ type }) => types.includes(type));
}

/** Waits for something the bot says in a room, after an event where one is given. */
async function told(person: Person, room: RoomId, words: string, after?: EventId): Promise<RoomEvent> {
  return person.waitFor(saying(bot, words), {
    what: words,
    room,
    ...(after === undefined ? {} : { after }),
  });
}

function mentionedBy({ content }: RoomEvent): unknown {
  return object(content, "m.mentions");
}

/** Says something that is no command, and gives the moment from which its author has been silent. */
async function speak(person: Person, room: RoomId, words: string): Promise<number> {
  const said = await person.say(room, words);
  const event = await person.waitFor(({ event_id }) => event_id === said, { what: "the own words", room });
  return event.origin_server_ts;
}

/** Waits until so many seconds have passed since a moment: it is time itself that is tried here. */
async function passed(seconds: number, since: number): Promise<void> {
  await delay(Math.max(0, since + seconds * 1000 - Date.now()));
}

test("a deputy takes over from a commander who has fallen silent, and not before", async () => {
  const { room } = await open();
  await carryOut(alice, room, bot, "!inc role deputy @bob");
  await carryOut(bob, room, bot, "!inc accept");
  const silentSince = await speak(alice, room, "I am on it");
  assert.match(
    await command(bob, room, bot, "!inc takeover Alice is silent"),
    /^Alice commands and has written not long ago\.\n.* you can take command from \d\d:\d\d UTC/,
  );
  await passed(silentAfter, silentSince);
  await carryOut(bob, room, bot, "!inc takeover Alice is silent");
  const news = await told(carol, room, "Bob has taken over as commander");
  assert.deepEqual([news.content.msgtype, mentionedBy(news)], ["m.text", { room: true }]);
  await carol.waitFor(({ content }) => levelsIn(content)[bob.userId] === 60, { what: "Bob's power", room });
  const levels = levelsIn(await carol.state(room, "m.room.power_levels"));
  assert.ok((levels[alice.userId] ?? 0) <= 10, "Alice keeps power");
});

test("anyone else who may command takes over after twice that; a commander who writes stays", async () => {
  const { room } = await open();
  const before = await speak(alice, room, "I am on it");
  await passed(silentAfter, before);
  assert.match(await command(carol, room, bot, "!inc takeover Alice is silent"), /has written not long ago/);
  const silentSince = await speak(alice, room, "still here");
  await passed(2 * silentAfter, before);
  assert.match(await command(carol, room, bot, "!inc takeover Alice is silent"), /has written not long ago/);
  await passed(2 * silentAfter, silentSince);
  await carryOut(carol, room, bot, "!inc takeover Alice is silent");
  await bob.waitFor(({ content }) => levelsIn(content)[carol.userId] === 60, { what: "Carol's power", room });
});

test("who does not answer an offer is asked once more, then it lapses and the commander is told", async () => {
  const played = await open();
  const { room } = played;
  await carryOut(alice, room, bot, "!inc role comms @bob");
  const again = await told(bob, room, "Bob, asked again: ✅ to be comms");
  assert.deepEqual(mentionedBy(again), { user_ids: [bob.userId] });
  const lapsed = await told(alice, room, "Bob did not answer; the offer to be comms has lapsed.");
  assert.deepEqual(mentionedBy(lapsed), { user_ids: [alice.userId] });
  assert.match(await command(bob, room, bot, "!inc accept"), /^Nobody has asked you/);
  assertApart(await entriesOf(played, "role-offered", "role-reminded", "role-lapsed"), [
    ["role-offered", 0],
    ["role-reminded", acceptWithin],
    ["role-lapsed", acceptWithin],
  ]);
  assert.deepEqual(await timersOf(played), []);
});

test("a commander who leaves pages the room; the vacancy is reminded of, then the administrators are told", async () => {
  const played = await open();
  const { id, room } = played;
  await alice.leave(room);
  const vacant = await told(bob, room, "Nobody is commander");
  assert.deepEqual([vacant.content.msgtype, mentionedBy(vacant)], ["m.text", { room: true }]);
  const reported = await told(root, administration, `${id} (SEV4): nobody has been commander for`);
  assert.deepEqual(mentionedBy(reported), { room: true });
  assert.ok(!String(reported.content.body).includes("Leak"), "the title is told outside the room");
  const end = await told(bob, room, "The administrators have been told that nobody is commander.");
  const reminders = bob.seen(room).filter(saying(bot, "Nobody has been commander for"));
  assert.equal(reminders.length, mostReminders);
  for (const reminder of reminders) {
    assert.deepEqual(mentionedBy(reminder), { user_ids: [bob.userId, carol.userId] });
  }
  assertApart(await entriesOf(played, "role-vacant", "vacancy-reminded", "vacancy-reported"), [
    ["role-vacant", 0],
    ["vacancy-reminded", vacancyFirst],
    ...Array.from({ length: mostReminders - 1 }, () => ["vacancy-reminded", vacancyAgain] as const),
    ["vacancy-reported", vacancyAgain],
  ]);
  assert.deepEqual(await timersOf(played), []);

  await carryOut(bob, room, bot, "!inc volunteer commander");
  await told(carol, room, "Bob is commander since", end.event_id);
  await carol.waitFor(({ content }) => levelsIn(content)[bob.userId] === 60, { what: "Bob's power", room });
});

test("after an outage longer than all of them there is one reminder of each open matter, and no burst", async () => {
  const asking = await open();
  const deserted = await open();
  await alice.leave(deserted.room);
  await told(bob, deserted.room, "Nobody is commander");
  await carryOut(alice, asking.room, bot, "!inc role comms @bob");
  await service.stop();
  await delay(outageMs);
  const back = Date.now();
  await startService(installation);
  const late = async (played: Played, ...types: readonly Entry["type"][]) =>
    (await entriesOf(played, ...types)).filter(({ eventAt }) => eventAt >= back);

  await told(alice, asking.room, "Bob did not answer; the offer to be comms has lapsed.");
  assertApart(await late(asking, "role-reminded", "role-lapsed"), [
    ["role-reminded", 0],
    ["role-lapsed", acceptWithin],
  ]);
  await told(root, administration, `${deserted.id} (SEV4): nobody has been commander for`);
  const [first, ...others] = await late(deserted, "vacancy-reminded", "vacancy-reported");
  assert.equal(first?.type, "vacancy-reminded");
  assertApart(
    [first, ...others],
    [first, ...others].map(({ type }, i) => [type, i === 0 ? 0 : vacancyAgain]),
  );
  assert.equal((await entriesOf(deserted, "vacancy-reminded")).length, mostReminders);
});

/** The kinds of entries that there have to be, each so many seconds after the one before it. */
function assertApart(
  entries: readonly Entry[],
  expected: readonly (readonly [type: Entry["type"], seconds: number])[],
): void {
  assert.deepEqual(
    entries.map(({ type }) => type),
    expected.map(([type]) => type),
  );
  for (const [i, [type, seconds]] of expected.entries()) {
    const [before, entry] = [entries[i - 1], entries[i]];
    if (before === undefined || entry === undefined) continue;
    const waited = entry.eventAt - before.eventAt;
    assert.ok(waited >= seconds * 1000, `${type} came after ${waited} ms`);
    assert.ok(waited < seconds * 1000 + latenessMs, `${type} came only after ${waited} ms`);
  }
}

/** What an incident still waits for. */
async function timersOf({ id }: Played): Promise<readonly string[]> {
  const rows = await reading(config, (db) =>
    db.selectFrom("timer").select("key").where("incident", "=", id).execute(),
  );
  return rows.map(({ key }) => key);
}
