import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import type { RoomId } from "../../src/incident/ids.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import { ArchivedRooms } from "../../src/service/archived-rooms.ts";
import { forEachEngine } from "../support/engines.ts";
import { noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";
import { archived, begun, store } from "../support/stored-incident.ts";

/** A homeserver that tells what it was asked for. */
class House {
  readonly asked: RoomId[] = [];
  trouble: HomeserverError | undefined;

  async placeAfter(room: RoomId): Promise<string> {
    this.asked.push(room);
    if (this.trouble !== undefined) throw this.trouble;
    return "place";
  }

  async readMessages() {
    return { events: [] };
  }

  async readState() {
    return [];
  }
}

forEachEngine((engine) => {
  test("archived rooms are read the newest first, one at a time, and open ones not at all", async () => {
    await withRooms(async (house, next) => {
      assert.deepEqual([await next(), await next()], [{ inMs: 1_000 }, { inMs: 1_000 }]);
      assert.deepEqual(house.asked, ["!3", "!1"]);
      assert.deepEqual(await next(), { inMs: 3_600_000 });
      await next();
      assert.deepEqual(house.asked, ["!3", "!1", "!3"]);
    });
  });

  test("where the homeserver may have lost something, the newest come first again", async () => {
    await withRooms(async (house, next, rooms) => {
      await next();
      rooms.beginAgain();
      await next();
      assert.deepEqual(house.asked, ["!3", "!3"]);
    });
  });

  test("a homeserver that does not answer is asked again, one that refuses is not", async () => {
    await withRooms(async (house, next) => {
      house.trouble = new HomeserverError("limited", "Wait.", { retryAfterMs: 7_000 });
      assert.deepEqual(await next(), { inMs: 7_000 });
      house.trouble = new HomeserverError("refused", "No.", { status: 403 });
      await next();
      await next();
      assert.deepEqual(house.asked, ["!3", "!3", "!1"]);
    });
  });

  /** Two archived incidents, and an open one between them. */
  async function withRooms(
    look: (
      house: House,
      next: () => ReturnType<ArchivedRooms["readNext"]>,
      rooms: ArchivedRooms,
    ) => Promise<void>,
  ): Promise<void> {
    await withStore(engine, async (db) => {
      for (const number of [1, 3]) await store(db, number, [...begun(number), ...archived(number)]);
      await store(db, 2, begun(2));
      const house = new House();
      const rooms = new ArchivedRooms();
      const reading = {
        db,
        homeserver: house,
        bot: "@cordon:bank.example",
        bells: { inbox() {} },
        log: pino({ level: "silent" }),
        now: () => noon,
      } as const;
      await look(house, () => rooms.readNext(reading), rooms);
    });
  }
});
