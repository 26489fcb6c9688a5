import assert from "node:assert/strict";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { dueTimers, moveTimers, setTimers } from "../../src/journal/timers.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const hourMs = 60 * 60_000;
const now = Date.UTC(2026, 10, 20, 19, 4, 11);
const id = incidentId(1);

forEachEngine((engine) => {
  test("what is waited for moves with a clock that is set back, and stays so; the hour of a task does not", () =>
    withStore(engine, async (db) => {
      const timers = [
        { key: "offer/scribe/@bob:s/1/1", dueAt: now + 60_000, brings: { type: "grace-ended" } },
        { key: `tasks/1/${now}`, dueAt: now + 60_000, brings: { type: "tasks-due" } },
      ] as const;
      const set = () => db.transaction().execute((change) => setTimers(change, id, timers));
      const due = async (at: number) => (await dueTimers(db, at, 10)).map(({ key }) => key);
      const declared = { title: "Payments fail", severity: "sev3", role: "commander" } as const;
      const occasion = { actor: alice, actorRoles: [], eventAt: now, recordedAt: now, cause: "$0" };
      await db
        .transaction()
        .execute((change) =>
          append(change, id, undefined, [{ type: "declared", data: declared }], occasion, "inc-abc"),
        );
      await set();
      await moveTimers(db, -hourMs);
      assert.deepEqual(await due(now - hourMs + 59_999), []);
      await set();
      assert.deepEqual(await due(now - hourMs + 60_000), [timers[0].key]);
      assert.deepEqual((await due(now + 60_000)).length, 2);
    }));
});
