import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fact } from "../../src/incident/fact.ts";
import { append } from "../../src/journal/append.ts";
import { followChain } from "../../src/journal/chain.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { foldAnew } from "../../src/journal/refold.ts";
import { silence, spokenIn } from "../../src/journal/silencing.ts";
import type { Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice, noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const id = "INC-0042";
const secret = "the password is hunter2";

/** A journal in which two messages said the secret, one of them by 📌, and one something else. */
async function told(db: Queries): Promise<void> {
  const steps: readonly (readonly [string, Fact])[] = [
    ["$0", { type: "declared", data: { title: "Payments fail", severity: "sev3", role: "commander" } }],
    ["$1", { type: "recorded", data: { kind: "note", text: secret } }],
    ["$2", { type: "marked", data: { message: "$said", sender: alice, text: secret, sentAt: noon } }],
    ["$3", { type: "recorded", data: { kind: "note", text: "nothing secret" } }],
  ];
  for (const [cause, fact] of steps) {
    const before = (await loadIncident(db, id))?.incident;
    const circumstances = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause };
    await db.transaction().execute((change) => append(change, id, before, [fact], circumstances, "inc-abc"));
  }
}

forEachEngine((engine) => {
  test("the words of a removed message go from the journal, and its chain still holds", async () => {
    await withStore(engine, async (db) => {
      await told(db);
      const head = await followChain(journalOf(db, id));
      for (const [message, seq] of [
        ["$1", 2],
        ["$said", 3],
      ] as const) {
        assert.deepEqual(await spokenIn(db, id, message), [{ seq, recordedAt: noon }]);
        await db.transaction().execute((change) => silence(change, id, message));
        assert.deepEqual(await spokenIn(db, id, message), []);
      }
      await foldAnew(db, id);
      assert.deepEqual(await followChain(journalOf(db, id)), head);
      const everything = JSON.stringify([
        await db.selectFrom("entry").selectAll().execute(),
        await db.selectFrom("incident").selectAll().execute(),
      ]);
      assert.ok(!everything.includes("hunter2"));
      assert.ok(everything.includes("nothing secret"));
    });
  });

  test("words put back, or others in their place, break the chain", async () => {
    await withStore(engine, async (db) => {
      await told(db);
      await db.transaction().execute((change) => silence(change, id, "$1"));
      for (const text of [secret, "something else"]) {
        const data = JSON.stringify({ kind: "note", text });
        await db.updateTable("entry").set({ data }).where("seq", "=", 2).execute();
        const broken = { seq: 2, reason: "words do not match" };
        assert.deepEqual(await followChain(journalOf(db, id)), { broken });
      }
    });
  });
});
