import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveSetting } from "../../src/journal/archive-setting.ts";
import { forEachEngine } from "../support/engines.ts";
import { withStore } from "../support/store.ts";

const over = {
  id: "INC-0001",
  number: 1,
  alias: "a",
  state: "over",
  head_seq: 1,
  head_hash: "",
  folded: "{}",
} as const;

forEachEngine((engine) => {
  test("what an archive was made with is asked for once, and stays as it was", async () => {
    await withStore(engine, async (db) => {
      await db.insertInto("incident").values(over).execute();
      const first = { serverKeys: { valid_until_ts: 1 }, timeZone: "Europe/Zurich" };
      assert.deepEqual(await archiveSetting(db, "INC-0001", async () => first), first);
      const later = () => assert.fail("it was asked for again");
      assert.deepEqual(await archiveSetting(db, "INC-0001", later), first);
    });
  });

  test("what could not be had is asked for again", async () => {
    await withStore(engine, async (db) => {
      await db.insertInto("incident").values(over).execute();
      const failing = () => Promise.reject(new Error("the homeserver is away"));
      await assert.rejects(archiveSetting(db, "INC-0001", failing), /the homeserver is away/);
      assert.equal(await archiveSetting(db, "INC-0001", async () => "here"), "here");
    });
  });
});
