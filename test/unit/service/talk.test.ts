import assert from "node:assert/strict";
import { after, test } from "node:test";
import pino from "pino";
import { heardAt } from "../../../src/journal/heard.ts";
import { inboxFigures, keep } from "../../../src/journal/inbox.ts";
import type { JsonObject } from "../../../src/matrix/event.ts";
import type { RoomId, UserId } from "../../../src/matrix/ids.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";
import { handleNext } from "../../../src/service/inbox-worker.ts";
import { direct, lobby, openHouse, openScene, roomOf, tidy } from "../../fuzz/house.ts";
import { idOf } from "../../support/cast.ts";
import { noon } from "../../support/incident.ts";

/** Nothing that is said here asks anything of it. */
const absent: Homeserver = new Proxy({} as Homeserver, {
  get(_, call) {
    throw new Error(`the homeserver is asked for ${String(call)}`);
  },
});
const stack = new AsyncDisposableStack();
after(() => stack.disposeAsync());
const service = await openHouse(stack, absent, pino({ level: "silent" }));
const { db } = service;
await tidy(db);
const incident = await openScene(service, "active");
const room = roomOf(incident);
const mallory = idOf("responder");
const commander = idOf("commander");

let said = 0;

function words(body: string, sender: UserId = mallory, where: RoomId = room): JsonObject {
  said += 1;
  const content = { msgtype: "m.text", body };
  const at = { room_id: where, sender, origin_server_ts: noon + said };
  return { event_id: `$${said}`, type: "m.room.message", content, ...at };
}

function lines(count: number, sender?: UserId, where?: RoomId): readonly JsonObject[] {
  return Array.from({ length: count }, () => words("Still slow.", sender, where));
}

/** Keeps events and handles them all; how many steps that took. */
async function hear(events: readonly JsonObject[], where: RoomId = room): Promise<number> {
  const arrivals = events.map((event) => ({
    eventId: String(event.event_id),
    roomId: where,
    json: JSON.stringify(event),
  }));
  await keep(db, arrivals, noon);
  let steps = 0;
  while ((await handleNext(service, where)) === "again") steps += 1;
  assert.equal((await inboxFigures(db)).waiting, 0);
  return steps;
}

async function toBeSent(): Promise<readonly string[]> {
  const rows = await db.deleteFrom("outbox").where("sent_at", "is", null).returningAll().execute();
  return rows.map(({ key }) => key);
}

test("talk is handled a hundred events at a time, and is kept for the record", async () => {
  const talk = lines(1_000);
  assert.equal(await hear(talk), 10);
  const kept = await db.selectFrom("inbox").select("json").where("json", "!=", "").execute();
  assert.equal(kept.length, talk.length);
  const heard = await heardAt(db, incident);
  assert.equal(heard[mallory], noon + said);
});

test("who floods is told once, whatever else they write", async () => {
  await hear(lines(2_000));
  const told = (await db.selectFrom("outbox").selectAll().execute()).filter(({ key }) =>
    key.includes("/flood/"),
  );
  assert.equal(told.length, 1);
  assert.match(told[0]?.content ?? "", /stop it/);
  assert.deepEqual(JSON.parse(told[0]?.content ?? "")["m.mentions"], { user_ids: [mallory] });
  await db.updateTable("outbox").set({ sent_at: noon, event_id: "$told" }).execute();
  await hear(lines(2_000));
  assert.deepEqual(await toBeSent(), []);
});

test("a command between talk is carried out once, in its place", async () => {
  const first = words("!inc update We look at the database.", commander);
  const second = words("!inc update It is the disk.", commander);
  await hear([...lines(50), first, ...lines(150), second, ...lines(5)]);
  const updates = await db
    .selectFrom("entry")
    .select("cause")
    .where("incident", "=", incident)
    .where("type", "=", "updated")
    .orderBy("seq")
    .execute();
  assert.deepEqual(
    updates.map(({ cause }) => cause),
    [first.event_id, second.event_id],
  );
  const answers = (await toBeSent()).filter((key) => key.startsWith("$"));
  assert.deepEqual(answers, [`${first.event_id}/✅`, `${second.event_id}/✅`]);
});

test("talk in a lobby is not kept, and in a direct chat nothing is talk", async () => {
  assert.equal(await hear(lines(300, mallory, lobby), lobby), 3);
  const kept = await db.selectFrom("inbox").select("json").where("room_id", "=", lobby).execute();
  assert.deepEqual(
    kept.filter(({ json }) => json !== ""),
    [],
  );
  const typed = words("help", commander, direct);
  await hear([typed], direct);
  assert.deepEqual(await toBeSent(), [`${typed.event_id}/answer`]);
});
