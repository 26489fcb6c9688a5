import assert from "node:assert/strict";
import { test } from "node:test";
import { administratorsRoom, installation, noteAdministratorsRoom } from "../../src/journal/installation.ts";
import {
  directChatsWith,
  findPlace,
  forgetPlace,
  keepLobbies,
  notePlace,
} from "../../src/journal/known-rooms.ts";
import {
  dropRosterMember,
  forgetRoster,
  knownRosters,
  noteRoster,
  noteRosterMember,
} from "../../src/journal/rosters.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice, bob, carol } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

forEachEngine((engine) => {
  test("the direct chats with a person come the newest first", async () => {
    await withStore(engine, async (db) => {
      await notePlace(db, "!first", { kind: "direct", user: alice }, 1);
      await notePlace(db, "!third", { kind: "direct", user: alice }, 3);
      await notePlace(db, "!second", { kind: "direct", user: alice }, 2);
      await notePlace(db, "!other", { kind: "direct", user: bob }, 4);
      await notePlace(db, "!lobby", { kind: "lobby" }, 5);
      assert.deepEqual(await directChatsWith(db, alice), ["!third", "!second", "!first"]);
      await notePlace(db, "!first", { kind: "direct", user: alice }, 6);
      await forgetPlace(db, "!third");
      assert.deepEqual(await directChatsWith(db, alice), ["!first", "!second"]);
    });
  });

  test("only the lobbies that the configuration names remain lobbies", async () => {
    await withStore(engine, async (db) => {
      await notePlace(db, "!direct", { kind: "direct", user: alice }, 1);
      for (const room of ["!one", "!two"] as const) await notePlace(db, room, { kind: "lobby" }, 1);
      await keepLobbies(db, ["!two", "!three"]);
      const kinds = async () =>
        [await findPlace(db, "!direct"), await findPlace(db, "!one"), await findPlace(db, "!two")].map(
          (place) => place?.kind,
        );
      assert.deepEqual(await kinds(), ["direct", undefined, "lobby"]);
      await keepLobbies(db, []);
      assert.deepEqual(await kinds(), ["direct", undefined, undefined]);
    });
  });

  test("the administrators' room is there until it is forgotten", async () => {
    await withStore(engine, async (db) => {
      await installation(db, 1);
      assert.equal(await administratorsRoom(db), undefined);
      await noteAdministratorsRoom(db, "!administrators");
      assert.equal(await administratorsRoom(db), "!administrators");
      await noteAdministratorsRoom(db, undefined);
      assert.equal(await administratorsRoom(db), undefined);
    });
  });

  test("a roster is its room's members as last heard of, under each of its names", async () => {
    await withStore(engine, async (db) => {
      const named = async () =>
        (await knownRosters(db))
          .map(({ name, room, members }) => [name, room, ...[...members].toSorted()])
          .toSorted();
      const room = "!duty";
      await noteRoster(db, { name: "!duty", room, members: new Set([alice, bob]) });
      await noteRoster(db, { name: "#duty:bank.example", room, members: new Set([alice, bob]) });
      await noteRosterMember(db, room, carol);
      await noteRosterMember(db, room, carol);
      await dropRosterMember(db, room, alice);
      assert.deepEqual(await named(), [
        ["!duty", room, bob, carol],
        ["#duty:bank.example", room, bob, carol],
      ]);
      await forgetRoster(db, "!duty");
      assert.deepEqual(await named(), [["#duty:bank.example", room, bob, carol]]);
      const crowd = Array.from({ length: 4_500 }, (_, n) => `@p${n}:bank.example` as const);
      await noteRoster(db, { name: "#duty:bank.example", room, members: new Set(crowd) });
      assert.equal((await knownRosters(db))[0]?.members.size, crowd.length);
      await forgetRoster(db, "#duty:bank.example");
      assert.deepEqual(await named(), []);
      assert.deepEqual(await db.selectFrom("room_state").selectAll().execute(), []);
    });
  });
});
