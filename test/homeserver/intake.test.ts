import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { incidentId } from "../../src/incident/ids.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import type { JsonObject } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newDoorkeeper } from "../support/doorkeeper.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare, isUnder, marksOf, saying } from "../support/incident-room.ts";
import { journal, newInstallation, reading, startService, until } from "../support/service.ts";

const doorkeeper = await newDoorkeeper();
const installation = await newInstallation({ grace: "1h", url: doorkeeper.url });
const { synapse, bot, config, registration } = installation;
const { listen } = config.appservice;
const serviceUrl = `http://${listen.host}:${listen.port}`;
doorkeeper.open(serviceUrl);
await startService(installation);
const alice = await newPerson(synapse, "alice");
const { direct, room } = await declare(alice, bot, "sev4 A tap that drips");
const incident = incidentId(1);

/** Delivers events as the homeserver does. */
async function deliver(txnId: string, events: readonly JsonObject[]): Promise<void> {
  const response = await fetch(`${serviceUrl}/_matrix/app/v1/transactions/${txnId}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${registration.hsToken}`, "content-type": "application/json" },
    body: JSON.stringify({ events }),
  });
  assert.equal(response.status, 200);
}

/** Has these lines typed while nothing reaches the service, and gives their events as the homeserver sent them. */
async function heldBack(
  lines: readonly string[],
): Promise<{ ids: EventId[]; events: readonly JsonObject[] }> {
  doorkeeper.hold();
  const ids: EventId[] = [];
  for (const line of lines) ids.push(await alice.say(room, line));
  const all = () => ids.every((id) => doorkeeper.held.some((event) => event.event_id === id));
  await until(async () => all(), "the homeserver sending what was typed");
  const events = [...doorkeeper.held];
  doorkeeper.release();
  return { ids, events };
}

async function notes(): Promise<readonly string[]> {
  const entries = await journal(config, incident);
  return entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
}

test("one transaction delivered three times has one effect", async () => {
  const { ids, events } = await heldBack(["!inc note thrice"]);
  assert.deepEqual(await notes(), []);
  const txnId = randomUUID();
  await Promise.all([deliver(txnId, events), deliver(txnId, events)]);
  await deliver(txnId, events);
  await command(alice, room, bot, "!inc note afterwards");
  assert.deepEqual(await notes(), ["thrice", "afterwards"]);
  assert.deepEqual((await marksOf(alice, room, bot)).get(ids[0] ?? "$none"), 1);
});

test("the same events under a new transaction id have one effect", async () => {
  const before = await notes();
  const { ids, events } = await heldBack(["!inc note once", "!inc note and for all"]);
  await deliver(randomUUID(), events);
  await answerTo(alice, room, bot, ids[1] ?? "$none");
  await deliver(randomUUID(), events);
  await deliver(randomUUID(), [...events, ...events]);
  await command(alice, room, bot, "!inc note later");
  assert.deepEqual(await notes(), [...before, "once", "and for all", "later"]);
});

test("events in an odd order, some of them known, have one effect each", async () => {
  const before = await notes();
  const lines = ["first", "second", "third", "fourth"];
  const { ids, events } = await heldBack(lines.map((line) => `!inc note ${line}`));
  await deliver(randomUUID(), events.slice(2, 3));
  await deliver(randomUUID(), events.toReversed());
  for (const id of ids) await answerTo(alice, room, bot, id);
  assert.deepEqual((await notes()).toSorted(), [...before, ...lines].toSorted());
});

test("an incident is opened once by a line that comes again", async () => {
  doorkeeper.hold();
  const typed = await alice.say(direct, "!inc new sev4 A second tap");
  await until(async () => doorkeeper.held.some((event) => event.event_id === typed), "the line");
  const events = [...doorkeeper.held];
  doorkeeper.release();
  for (let i = 0; i < 3; i++) await deliver(randomUUID(), events);
  const second = await alice.waitForInvitation();
  await alice.join(second);
  await command(alice, second, bot, "!inc note here");
  await assert.rejects(reading(config, (db) => journalExists(db, "INC-0003")));
});

test("what is no event is kept aside and holds nothing up", async () => {
  const { aside } = await reading(config, inboxFigures);
  await deliver(randomUUID(), [{ event_id: "$broken", room_id: room, content: 7 }, { nothing: "at all" }]);
  await command(alice, room, bot, "!inc note unharmed");
  assert.equal((await reading(config, inboxFigures)).aside, aside + 2);
});

test("an event that cannot be handled is set aside after its third failure, and the next one has its turn", async () => {
  const { aside } = await reading(config, inboxFigures);
  refuseInJournal("the drop that is one too many");
  const poison = await alice.say(room, "!inc note the drop that is one too many");
  const next = await alice.say(room, "!inc note the drop behind it");
  const answer = await alice.waitFor(saying(bot, "I could not do that (ref "), {
    what: "the failure",
    room,
    after: poison,
  });
  await alice.waitFor((event) => isUnder(event, next), {
    what: "the answer to the next one",
    room,
    after: next,
  });
  assert.match(String(answer.content.body), /Nothing was changed/);
  assert.equal((await notes()).at(-1), "the drop behind it");
  assert.ok(!(await notes()).some((note) => note.includes("one too many")));
  const [row] = await reading(config, (db) =>
    db.selectFrom("inbox").select(["failures", "aside"]).where("event_id", "=", poison).execute(),
  );
  assert.equal(row?.failures, 3);
  assert.match(row?.aside ?? "", /out of order \(ref [0-9A-F]{6}\)/);
  assert.equal((await reading(config, inboxFigures)).aside, aside + 1);
});

/** Has the database refuse one entry of the journal, whatever the service does. */
function refuseInJournal(words: string): void {
  if (config.database.engine !== "sqlite") throw new Error("This installation has its journal in SQLite.");
  const database = new Sqlite(config.database.file);
  database.exec(
    `CREATE TRIGGER poison BEFORE INSERT ON entry WHEN NEW.data LIKE '%${words}%'
     BEGIN SELECT RAISE(ABORT, 'out of order'); END`,
  );
  database.close();
}

async function journalExists(db: Parameters<typeof inboxFigures>[0], id: string): Promise<unknown> {
  return db.selectFrom("incident").select("id").where("id", "=", id).executeTakeFirstOrThrow();
}
