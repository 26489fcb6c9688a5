import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dropOutdated,
  eventOf,
  forgetPauses,
  isEdit,
  lastEditAt,
  markDeferred,
  markLeaving,
  markRefused,
  markSent,
  messageOf,
  nextForRoom,
  type Outgoing,
  outboxFigures,
  put,
  roomsToServe,
} from "../../src/journal/outbox.ts";
import type { Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { withStore } from "../support/store.ts";

const kitchen = "!kitchen";
const message = (key: string, body = key, roomId = kitchen): Outgoing => ({
  key,
  roomId,
  type: "m.room.message",
  content: { body },
});

async function putAll(db: Queries, ...messages: readonly Outgoing[]): Promise<void> {
  await db.transaction().execute((change) => put(change, messages));
}

async function edit(db: Queries, key: string): Promise<void> {
  await db.transaction().execute((change) => put(change, [{ ...message(key), about: "card" }]));
}

/** What waits for a room, in the order in which it leaves. */
async function leaving(db: Queries): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let row = await nextForRoom(db, kitchen); row !== undefined; row = await nextForRoom(db, kitchen)) {
    if (isEdit(row) && (await dropOutdated(db, row))) continue;
    keys.push(row.key);
    await markSent(db, row.seq, `$${row.key}`, 1);
  }
  return keys;
}

forEachEngine((engine) => {
  test("messages leave in the order in which they were put, room by room", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("1"), message("2", "2", "!hall"), message("3"));
      await putAll(db, message("4"));
      assert.deepEqual((await roomsToServe(db)).toSorted(), ["!hall", kitchen]);
      assert.deepEqual(await leaving(db), ["1", "3", "4"]);
      assert.deepEqual(await roomsToServe(db), ["!hall"]);
    });
  });

  test("what was put off because the homeserver was away is due at once when it is back", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("1"));
      const first = await nextForRoom(db, kitchen);
      assert.ok(first !== undefined);
      await markDeferred(db, first.seq, 60_000);
      assert.equal((await nextForRoom(db, kitchen))?.not_before, 60_000);
      await forgetPauses(db);
      assert.equal((await nextForRoom(db, kitchen))?.not_before, 0);
    });
  });

  test("an edit that may have left stays, though a newer one waits and nobody noted an answer", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("card"));
      await leaving(db);
      await edit(db, "edit 1");
      const left = await nextForRoom(db, kitchen);
      assert.ok(left !== undefined);
      await markLeaving(db, left);
      await edit(db, "edit 2");
      await edit(db, "edit 3");
      assert.deepEqual(await leaving(db), ["edit 1", "edit 3"]);
    });
  });

  test("what is put twice is there once, as it was first, also after it has left", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("1", "first"), message("1", "second"));
      await putAll(db, message("1", "third"));
      assert.equal((await nextForRoom(db, kitchen))?.content, '{"body":"first"}');
      await leaving(db);
      await putAll(db, message("1", "fourth"));
      assert.deepEqual(await leaving(db), []);
    });
  });

  test("of edits that have not left only the newest does", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("card"));
      await edit(db, "card/2");
      await putAll(db, message("between"));
      await edit(db, "card/3");
      await edit(db, "card/4");
      assert.deepEqual(await leaving(db), ["card", "between", "card/4"]);
    });
  });

  test("an edit that is leaving while a newer one comes stays, and is noted as sent", async () => {
    await withStore(engine, async (db) => {
      await edit(db, "card/2");
      const row = await nextForRoom(db, kitchen);
      await edit(db, "card/3");
      await markSent(db, row?.seq ?? 0, "$2", 7);
      assert.equal(await eventOf(db, "card/2"), "$2");
      assert.equal(await lastEditAt(db, "card"), 7);
      assert.deepEqual(await leaving(db), ["card/3"]);
    });
  });

  test("an edit whose sending has begun is not taken back: the homeserver may have it", async () => {
    await withStore(engine, async (db) => {
      await edit(db, "card/2");
      const row = await nextForRoom(db, kitchen);
      await markDeferred(db, row?.seq ?? 0, 99);
      await edit(db, "card/3");
      assert.equal((await nextForRoom(db, kitchen))?.not_before, 99);
      assert.deepEqual(await leaving(db), ["card/2", "card/3"]);
    });
  });

  test("what is refused for good is shown, and holds up nothing", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("1"), message("2"));
      const row = await nextForRoom(db, kitchen);
      await markRefused(db, row?.seq ?? 0, "M_TOO_LARGE");
      assert.deepEqual(await leaving(db), ["2"]);
      const figures = await outboxFigures(db);
      assert.deepEqual(
        { ...figures, refused: figures.refused.map(({ key, refused }) => ({ key, refused })) },
        {
          waiting: 0,
          refused: [{ key: "1", refused: "M_TOO_LARGE" }],
          refusedInAll: 1,
        },
      );
    });
  });

  test("a message and the event it became lead to one another", async () => {
    await withStore(engine, async (db) => {
      await putAll(db, message("1"));
      assert.equal(await eventOf(db, "1"), undefined);
      await leaving(db);
      assert.equal(await eventOf(db, "1"), "$1");
      assert.equal((await messageOf(db, "$1"))?.key, "1");
      assert.equal(await messageOf(db, "$2"), undefined);
    });
  });

  test("what was put in a transaction that failed was never there", async () => {
    await withStore(engine, async (db) => {
      const failing = db.transaction().execute(async (change) => {
        await put(change, [message("1")]);
        throw new Error("the power is gone");
      });
      await assert.rejects(failing, /power/);
      assert.deepEqual(await leaving(db), []);
    });
  });
});
