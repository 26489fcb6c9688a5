import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fact } from "../../src/incident/fact.ts";
import { type IncidentId, incidentId, type UserId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { append } from "../../src/journal/append.ts";
import { heardAt, noteHeard } from "../../src/journal/heard.ts";
import { incidentsOf, loadIncident, loadVisible } from "../../src/journal/incidents.ts";
import type { Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice, bob, carol, noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const id = incidentId(42);
const begins: readonly Fact[] = [
  { type: "declared", data: { title: "Payments fail", severity: "sev3", role: "commander" } },
];
const invites = (user: UserId): Fact => ({ type: "invited", data: { user } });
const leaves = (user: UserId): Fact => ({ type: "left", data: { user, vacated: [] } });

async function write(db: Queries, facts: readonly Fact[], of: IncidentId = id): Promise<Incident> {
  const before = (await loadIncident(db, of))?.incident;
  const cause = `$${of}-${before?.head.seq ?? 0}`;
  const circumstances = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause };
  const { incident } = await db
    .transaction()
    .execute((change) => append(change, of, before, facts, circumstances, `inc-${of}`));
  return incident;
}

/** The ids of a person's incidents, as lists show them. */
async function listOf(db: Queries, user: UserId, options = { open: true, limit: 9 }) {
  return (await incidentsOf(db, user, options)).map(({ incident }) => incident.id);
}

forEachEngine((engine) => {
  test("an incident is visible to who is on its roster, from the same entry on and no longer", async () => {
    await withStore(engine, async (db) => {
      const sees = async (user: UserId) => (await loadVisible(db, id, user)) !== undefined;
      await write(db, begins);
      assert.deepEqual([await sees(alice), await sees(bob), await sees(carol)], [true, false, false]);
      await write(db, [invites(bob), invites(carol)]);
      assert.deepEqual([await sees(bob), await sees(carol)], [true, true]);
      const after = await write(db, [leaves(carol)]);
      assert.deepEqual([await sees(bob), await sees(carol)], [true, false]);
      await write(db, [invites(carol)]);
      assert.equal(await sees(carol), true);
      assert.equal((await loadVisible(db, id, alice))?.incident.id, after.id);
      assert.equal(await loadVisible(db, incidentId(43), alice), undefined);
    });
  });

  test("who came and went within one change is on no roster, and a change that fails leaves it as it was", async () => {
    await withStore(engine, async (db) => {
      await write(db, [...begins, invites(bob), leaves(bob)]);
      assert.deepEqual(await listOf(db, bob), []);
      const failing = db.transaction().execute(async (change) => {
        const before = (await loadIncident(change, id))?.incident;
        const circumstances = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$2" };
        await append(change, id, before, [invites(carol)], circumstances, "inc-42");
        throw new Error("the power is gone");
      });
      await assert.rejects(failing, /power/);
      assert.equal(await loadVisible(db, id, carol), undefined);
    });
  });

  test("a person's list holds their own incidents, the newest first, and as many as asked for", async () => {
    await withStore(engine, async (db) => {
      for (const number of [1, 2, 3, 4]) await write(db, begins, incidentId(number));
      for (const number of [1, 3, 4]) await write(db, [invites(bob)], incidentId(number));
      assert.deepEqual(await listOf(db, bob), ["INC-0004", "INC-0003", "INC-0001"]);
      assert.deepEqual(await listOf(db, bob, { open: true, limit: 2 }), ["INC-0004", "INC-0003"]);
      assert.deepEqual(await listOf(db, carol), []);
      await db.updateTable("incident").set({ state: "archived" }).where("id", "=", "INC-0003").execute();
      assert.deepEqual(await listOf(db, bob), ["INC-0004", "INC-0001"]);
      assert.deepEqual(await listOf(db, bob, { open: false, limit: 9 }), [
        "INC-0004",
        "INC-0003",
        "INC-0001",
      ]);
    });
  });

  test("when somebody last wrote is known, and what comes late changes nothing", async () => {
    await withStore(engine, async (db) => {
      await write(db, begins);
      const hear = (user: UserId, at: number) =>
        db.transaction().execute((change) => noteHeard(change, id, user, at));
      assert.deepEqual(await heardAt(db, id), {});
      await hear(alice, noon);
      await hear(bob, noon + 1);
      await hear(alice, noon + 5);
      await hear(alice, noon + 3);
      assert.deepEqual(await heardAt(db, id), { [alice]: noon + 5, [bob]: noon + 1 });
    });
  });
});
