import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import type { RoomId } from "../../src/incident/ids.ts";
import {
  doubtAll,
  followRooms,
  gapFigures,
  historyOf,
  type Kind,
  nextDue,
  putOff,
} from "../../src/journal/histories.ts";
import { keep } from "../../src/journal/inbox.ts";
import { installation } from "../../src/journal/installation.ts";
import { notePlace } from "../../src/journal/known-rooms.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import { decodeEvent, isMalformed } from "../../src/matrix/event.ts";
import type { MessagesQuery } from "../../src/matrix/ports.ts";
import { type Reading, repairGap } from "../../src/service/gap-repair.ts";
import type { Queries } from "../../src/store/store.ts";
import { type Engine, forEachEngine } from "../support/engines.ts";
import { withStore } from "../support/store.ts";

const room: RoomId = "!room:bank.example";
const bot = "@cordon:bank.example";
const began = 1_000_000;

/** A homeserver with one room, in which places are the numbers of events. */
class House {
  readonly events: Record<string, unknown>[] = [];
  readonly asked: MessagesQuery[] = [];
  /** What goes wrong with the next pages, one after the other. */
  readonly troubles: (HomeserverError | undefined)[] = [];
  /** Answers with an `end` also where there is nothing more, as some homeservers do. */
  alwaysEnds = false;

  say(words: string, more: Readonly<Record<string, unknown>> = {}): string {
    const event_id = `$${this.events.length}`;
    const said = { type: "m.room.message", sender: "@alice:bank.example", content: { body: words } };
    this.events.push({
      event_id,
      room_id: room,
      origin_server_ts: began + this.events.length,
      ...said,
      ...more,
    });
    return event_id;
  }

  name(displayname: string): string {
    const content = { membership: "join", displayname };
    return this.say("", { type: "m.room.member", state_key: "@alice:bank.example", content });
  }

  /** What happens while a page is asked for. */
  meanwhile: () => Promise<unknown> = async () => {};

  async readMessages(_: RoomId, query: MessagesQuery) {
    this.asked.push(query);
    await this.meanwhile();
    const trouble = this.troubles.shift();
    if (trouble !== undefined) throw trouble;
    const from = Number(query.from ?? 0);
    const to = Math.min(from + query.limit, this.events.length);
    return { events: this.events.slice(from, to), ...(to > from || this.alwaysEnds ? { end: `${to}` } : {}) };
  }

  async readState() {
    const events = this.events.map(decodeEvent).flatMap((event) => (isMalformed(event) ? [] : [event]));
    const state = events.filter(({ state_key }) => state_key !== undefined);
    return [...new Map(state.map((event) => [event.state_key, event])).values()];
  }

  async placeAfter(_: RoomId, event: string) {
    return `${this.events.findIndex(({ event_id }) => event_id === event) + 1}`;
  }
}

forEachEngine((engine) => {
  test("a room is read from its beginning, then from where nothing was missing", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const all = Array.from({ length: 2_500 }, (_, n) => house.say(`${n}`));
      assert.equal(await repair(), 2_500);
      assert.deepEqual(await arrived(db), all);
      assert.equal(house.asked.length, 6);
      const late = house.say("late");
      assert.equal(await repair(), 1);
      for (const _ of [1, 2]) assert.equal(await repair(), 0);
      house.asked.length = 0;
      assert.equal(await repair(), 0);
      assert.equal(house.asked.length, 1, "of a quiet room one page is asked for, with nothing in it");
      assert.deepEqual((await arrived(db)).at(-1), late);
      assert.equal((await gapFigures(db)).fetched, 2_501);
    }));

  test("a hole before what did arrive is found; what is known is left as it is", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      house.say("first");
      await repair();
      const lost = house.say("lost");
      const came = house.say("came");
      await keep(db, [{ eventId: came, roomId: room, json: "{}" }], began);
      assert.equal(await repair(), 1);
      assert.deepEqual((await arrived(db)).slice(1), [came, lost]);
      assert.equal(await repair({ whole: true }), 0);
    }));

  test("before anything is handled, what was brought too soon is put into the order of the room", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const known = house.say("first");
      await repair();
      const lost = Array.from({ length: 700 }, (_, n) => house.say(`lost ${n}`));
      const came = [house.say("came"), house.say("came, too")];
      const brought = (...ids: readonly string[]) =>
        keep(
          db,
          ids.map((eventId) => ({ eventId, roomId: room, json: "{}" })),
          began,
        );
      await brought(...came.toReversed());
      // What is said while the pages are read is in none of them.
      house.meanwhile = () => brought("$later");
      assert.equal(await repair({ inOrder: true }), 700);
      assert.deepEqual(await waiting(db), [known, ...lost, ...came, "$later"]);
      house.meanwhile = async () => {};
      house.say("later", { event_id: "$later" });
      const before = await db.selectFrom("inbox").selectAll().orderBy("seq").execute();
      assert.equal(await repair({ inOrder: true }), 0);
      assert.deepEqual(await db.selectFrom("inbox").selectAll().orderBy("seq").execute(), before);
    }));

  test("what has been handled keeps its place", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const [lost, handled, came] = [house.say("lost"), house.say("handled"), house.say("came")];
      await keep(
        db,
        [handled, came].map((eventId) => ({ eventId, roomId: room, json: "{}" })),
        began,
      );
      await db.updateTable("inbox").set({ handled_at: began }).where("event_id", "=", handled).execute();
      assert.equal(await repair({ inOrder: true }), 1);
      assert.deepEqual(await arrived(db), [handled, lost, came]);
    }));

  test("after an interruption it goes on where it was", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const all = Array.from({ length: 3_500 }, (_, n) => house.say(`${n}`));
      const limited = new HomeserverError("limited", "Could not read: the homeserver asks to wait.");
      house.troubles.push(undefined, undefined, undefined, limited);
      await assert.rejects(repair(), limited);
      house.asked.length = 0;
      assert.equal(await repair(), 2_000);
      assert.equal(house.asked[0]?.from, "1000");
      assert.deepEqual(await arrived(db), all);
    }));

  test("a place that the homeserver does not know any more is begun anew; a refusal is not", () =>
    reading(engine, "incident", async ({ house, repair }) => {
      house.say("first");
      await repair();
      house.say("second");
      house.troubles.push(
        new HomeserverError("refused", "Could not read: from is invalid.", { status: 400 }),
      );
      assert.equal(await repair(), 1);
      house.asked.length = 0;
      assert.equal(await repair(), 0);
      assert.deepEqual(new Set(house.asked.map(({ from }) => from)), new Set(["2"]));
      const forbidden = new HomeserverError("refused", "Could not read: not in the room.", { status: 403 });
      house.troubles.push(forbidden);
      await assert.rejects(repair(), forbidden);
    }));

  test("a homeserver that never says where a history ends does not keep it going", () =>
    reading(engine, "incident", async ({ house, repair }) => {
      house.alwaysEnds = true;
      house.say("first");
      assert.equal(await repair(), 1);
      assert.equal(await repair(), 0);
    }));

  test("a change that has been changed again, as is known, is kept and not handled", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const lost = house.name("Bobby");
      const came = house.name("Robert");
      await keep(db, [{ eventId: came, roomId: room, json: "{}" }], began);
      assert.equal(await repair(), 1);
      assert.deepEqual(await arrived(db), [came, lost]);
      assert.deepEqual(await waiting(db), [came]);
      const both = [house.name("Rob"), house.name("Bob")];
      assert.equal(await repair(), 2);
      assert.deepEqual(
        await waiting(db),
        [came, ...both],
        "the newest is among them: they follow each other",
      );
    }));

  test("what is no event is kept aside, and what has no id is left out", () =>
    reading(engine, "incident", async ({ house, db, repair }) => {
      const odd = house.say("odd", { sender: 7 });
      house.say("nameless", { event_id: 7 });
      assert.equal(await repair(), 1);
      const rows = await db.selectFrom("inbox").select(["event_id", "aside"]).execute();
      assert.deepEqual(rows, [{ event_id: odd, aside: "sender is missing or no user id" }]);
      assert.equal(await repair({ whole: true }), 0);
    }));

  test("elsewhere only what was said since the bot was invited counts, and since there is this Cordon", () =>
    reading(engine, "place", async ({ house, db, repair }) => {
      const member = { type: "m.room.member", state_key: bot };
      house.say("before");
      const invited = house.say("", { ...member, content: { membership: "invite" } });
      house.say("long ago", { origin_server_ts: began - 1 });
      const hurried = house.say("hurried");
      const unsigned = { replaces_state: invited };
      const joined = house.say("", { ...member, content: { membership: "join" }, unsigned });
      const said = house.say("said");
      assert.equal(await repair(), 3);
      assert.deepEqual(await arrived(db), [hurried, joined, said]);
    }));

  test("every room has its turn; one that is doubted while it is read is read again", () =>
    withStore(engine, async (db) => {
      await installation(db, began);
      for (const n of [1, 2]) await notePlace(db, `!${n}`, { kind: "lobby" }, began);
      await followRooms(db, began);
      const next = (now: number) => nextDue(db, "place", now, 1_000);
      const first = await next(began);
      assert.ok(first !== undefined && (await next(began - 1)) === undefined);
      await putOff(db, first, { dueAt: began + 500, doubtful: false });
      const second = await next(began);
      assert.ok(second !== undefined && second.room !== first.room);
      await doubtAll(db, began + 1);
      await putOff(db, second, { dueAt: began + 500, doubtful: false });
      assert.deepEqual((await historyOf(db, second.room))?.doubtful, true);
      assert.ok((await next(began + 1)) !== undefined);
      // A clock that is set back does not put anything off for long.
      assert.ok((await next(began - 5_000)) !== undefined);
      await db.deleteFrom("place").where("room_id", "=", "!1").execute();
      await followRooms(db, began);
      assert.equal(await historyOf(db, "!1"), undefined);
    }));
});

interface Bench {
  readonly house: House;
  readonly db: Queries;
  readonly repair: (options?: { readonly whole?: boolean; readonly inOrder?: boolean }) => Promise<number>;
}

/** Does something with a room whose history is followed. */
async function reading(engine: Engine, kind: Kind, work: (bench: Bench) => Promise<void>): Promise<void> {
  await withStore(engine, async (db) => {
    const house = new House();
    await installation(db, began);
    const followed = { room_id: room, kind, due_at: began, doubtful: 0 };
    await db.insertInto("history").values(followed).execute();
    const service: Reading = {
      db,
      bot,
      homeserver: house,
      log: pino({ level: "silent" }),
      now: () => began,
      bells: { inbox: () => {} },
    };
    await work({ house, db, repair: (options) => repairGap(service, room, options) });
  });
}

async function arrived(db: Queries): Promise<readonly string[]> {
  const rows = await db.selectFrom("inbox").select("event_id").orderBy("seq").execute();
  return rows.map((row) => row.event_id);
}

async function waiting(db: Queries): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("inbox")
    .select("event_id")
    .where("handled_at", "is", null)
    .orderBy("seq")
    .execute();
  return rows.map((row) => row.event_id);
}
