import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Arrival,
  arrivalsIn,
  failuresAllowed,
  inboxFigures,
  isKnown,
  keep,
  markFailed,
  markHandled,
  nextInRoom,
  waitingRooms,
} from "../../src/journal/inbox.ts";
import { forEachEngine } from "../support/engines.ts";
import { withStore } from "../support/store.ts";

const kitchen = "!kitchen";
const hall = "!hall";
const say = (eventId: string, roomId = kitchen): Arrival => ({
  eventId,
  roomId,
  json: `{"event_id":"${eventId}"}`,
});
const batch = [say("$1"), say("$2", hall), say("$3")];

forEachEngine((engine) => {
  test("one transaction three times, its events in another one, and in an odd order: one row each", async () => {
    await withStore(engine, async (db) => {
      for (let i = 0; i < 3; i++) await keep(db, batch, i);
      await keep(db, [say("$4"), ...batch.toReversed()], 4);
      await Promise.all([keep(db, [say("$5"), say("$6")], 5), keep(db, [say("$6"), say("$5")], 5)]);
      const rows = await db.selectFrom("inbox").select(["event_id", "received_at"]).orderBy("seq").execute();
      assert.deepEqual(
        rows.slice(0, 4).map((row) => row.event_id),
        ["$1", "$2", "$3", "$4"],
      );
      assert.deepEqual(
        rows
          .slice(4)
          .map((row) => row.event_id)
          .toSorted(),
        ["$5", "$6"],
      );
      assert.deepEqual(
        rows.slice(0, 3).map((row) => row.received_at),
        [0, 0, 0],
      );
    });
  });

  test("the events of a room come one after the other, as they arrived", async () => {
    await withStore(engine, async (db) => {
      assert.deepEqual(await keep(db, batch, 1), new Set([kitchen, hall]));
      assert.deepEqual(await waitingRooms(db), [kitchen, hall]);
      const first = await nextInRoom(db, kitchen);
      assert.equal(first?.event_id, "$1");
      await db.transaction().execute((change) => markHandled(change, first?.seq ?? 0, 2, { forget: false }));
      assert.equal((await nextInRoom(db, kitchen))?.event_id, "$3");
      assert.deepEqual(await isKnown(db, ["$1", "$9"]), new Set(["$1"]));
    });
  });

  test("what was handled is not handled again when it comes again", async () => {
    await withStore(engine, async (db) => {
      await keep(db, [say("$1")], 1);
      const row = await nextInRoom(db, kitchen);
      await db.transaction().execute((change) => markHandled(change, row?.seq ?? 0, 2, { forget: true }));
      await keep(db, [say("$1")], 3);
      assert.equal(await nextInRoom(db, kitchen), undefined);
    });
  });

  test("of what is said outside incidents the text is forgotten, and of what is said in them it is kept", async () => {
    await withStore(engine, async (db) => {
      await keep(db, batch, 1);
      for (const [room, forget] of [
        [kitchen, false],
        [hall, true],
      ] as const) {
        const row = await nextInRoom(db, room);
        await db.transaction().execute((change) => markHandled(change, row?.seq ?? 0, 2, { forget }));
      }
      assert.deepEqual(
        (await Array.fromAsync(arrivalsIn(db, kitchen))).map((each) => each.json),
        [batch[0]?.json, batch[2]?.json],
      );
      assert.deepEqual(
        (await Array.fromAsync(arrivalsIn(db, hall))).map((each) => each.json),
        [""],
      );
    });
  });

  test("what fails three times is set aside with the reason, and the next one has its turn", async () => {
    await withStore(engine, async (db) => {
      await keep(db, batch, 1);
      for (let failures = 1; failures <= failuresAllowed; failures++) {
        const row = await nextInRoom(db, kitchen);
        assert.ok(row !== undefined && row.event_id === "$1");
        assert.equal(await markFailed(db, row, "out of order"), failures === failuresAllowed);
      }
      assert.equal((await nextInRoom(db, kitchen))?.event_id, "$3");
      assert.deepEqual(await inboxFigures(db), { waiting: 2, oldest: 1, aside: 1 });
    });
  });

  test("what is no event is kept aside, once, and wakes nobody", async () => {
    await withStore(engine, async (db) => {
      const broken: Arrival = {
        eventId: undefined,
        roomId: undefined,
        json: "7",
        malformed: "it is a number",
      };
      assert.deepEqual(await keep(db, [broken, broken], 1), new Set());
      assert.deepEqual(await keep(db, [broken], 2), new Set());
      assert.deepEqual(await waitingRooms(db), []);
      assert.deepEqual(await inboxFigures(db), { waiting: 0, oldest: null, aside: 1 });
    });
  });

  test("more events than one statement takes are kept all or not at all", async () => {
    await withStore(engine, async (db) => {
      const many = Array.from({ length: 5_001 }, (_, n) => say(`$${n}`));
      await keep(db, many, 1);
      assert.equal((await inboxFigures(db)).waiting, many.length);
      // The database refuses it, whatever the types promise: the only way to fail in the middle.
      const last: Arrival = { eventId: "$last", roomId: kitchen, json: undefined as unknown as string };
      await assert.rejects(
        keep(db, [...many.map((each) => ({ ...each, eventId: `${each.eventId}b` })), last], 2),
      );
      assert.equal((await inboxFigures(db)).waiting, many.length);
    });
  });
});
