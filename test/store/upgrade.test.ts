import assert from "node:assert/strict";
import { test } from "node:test";
import { findPlace } from "../../src/journal/known-rooms.ts";
import { migrations } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { newAddress } from "../support/store.ts";

const people = {
  "@alice:bank.example": { standing: "joined", since: 1 },
  "@bob:bank.example": { standing: "wanted", since: 1 },
  "@carol:bank.example": { standing: "left", since: 1 },
  "@dave:bank.example": { standing: "failed", since: 1 },
};

forEachEngine((engine) => {
  test("a database from before roles knows afterwards who is on which roster, and keeps its places", async () => {
    const address = await newAddress(engine);
    const all = migrations(address.engine);
    const old = await openStore(address, Object.fromEntries(Object.entries(all).slice(0, 1)));
    const incident = { state: "active", head_seq: 1, head_hash: "", folded: JSON.stringify({ people }) };
    await old.db
      .insertInto("incident")
      .values([
        { ...incident, id: "INC-0001", number: 1, alias: "a" },
        { ...incident, id: "INC-0002", number: 2, alias: "b", folded: '{"people":{}}' },
      ])
      .execute();
    await old.db.insertInto("place").values({ room_id: "!hall", kind: "lobby" }).execute();
    await old.close();

    const { db, close } = await openStore(address, all);
    assert.deepEqual(await db.selectFrom("member").selectAll().orderBy("user_id").execute(), [
      { incident: "INC-0001", user_id: "@alice:bank.example" },
      { incident: "INC-0001", user_id: "@bob:bank.example" },
    ]);
    assert.deepEqual(await findPlace(db, "!hall"), { kind: "lobby" });
    await close();
  });
});
