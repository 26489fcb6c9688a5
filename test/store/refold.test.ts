import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import { append } from "../../src/journal/append.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { refold } from "../../src/journal/refold.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice, noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const id = "INC-0042";
const told: readonly Fact[] = [
  { type: "declared", data: { title: "Payments fail", severity: "sev3", role: "commander" } },
  { type: "noted", data: { text: "looking" } },
];

forEachEngine((engine) => {
  test("folds that an older program left are made anew from the journal, once", async () => {
    await withStore(engine, async (db) => {
      const circumstances = {
        actor: alice,
        actorRoles: [],
        eventAt: noon,
        recordedAt: noon,
        cause: "$1",
      };
      await db
        .transaction()
        .execute((change) => append(change, id, undefined, told, circumstances, "inc-abc"));
      assert.equal(await refold(db), 0);
      await db.updateTable("incident").set({ folded: '{"id":"INC-0042"}', fold_version: 1 }).execute();
      assert.equal(await refold(db), 1);
      assert.equal(await refold(db), 0);
      const entries = await Array.fromAsync(journalOf(db, id));
      assert.deepEqual((await loadIncident(db, id))?.incident, fold(entries));
    });
  });
});
