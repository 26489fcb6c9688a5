import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { append, ChainMoved } from "../../src/journal/append.ts";
import { followChain } from "../../src/journal/chain.ts";
import { hasActed, journalOf } from "../../src/journal/entries.ts";
import { incidentOfRoom, listIncidents, loadIncident, openIncidents } from "../../src/journal/incidents.ts";
import { installation, nextIncidentId } from "../../src/journal/installation.ts";
import { dropTimer, dueTimers, nextDue, setTimers } from "../../src/journal/timers.ts";
import type { Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { alice, led, noon, over, room, story } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const id = "INC-0042";
const begins: readonly Fact[] = [
  { type: "declared", data: { title: "Täglich grüßt – ☂", severity: "sev3", role: "commander" } },
];
const note = (text: string): readonly Fact[] => [{ type: "noted", data: { text } }];

async function write(
  db: Queries,
  before: Incident | undefined,
  facts: readonly Fact[],
  cause: string,
): Promise<Incident> {
  const circumstances = {
    actor: alice,
    actorRoles: ["commander"],
    eventAt: noon,
    recordedAt: noon + 5,
    cause,
  };
  const { incident } = await db
    .transaction()
    .execute((change) => append(change, id, before, facts, circumstances, "inc-abc"));
  return incident;
}

forEachEngine((engine) => {
  describe("a journal", () => {
    test("comes back as it was written, with its chain and its fold", async () => {
      await withStore(engine, async (db) => {
        let incident: Incident | undefined;
        const told = story(...led, over).entries;
        for (const [i, { type, data }] of told.entries())
          incident = await write(db, incident, [{ type, data } as Fact], `$${i}`);
        const entries = await Array.fromAsync(journalOf(db, id));
        assert.deepEqual(
          entries.map(({ type, data }) => ({ type, data })),
          told.map(({ type, data }) => ({ type, data })),
        );
        assert.deepEqual(await followChain(entries), { head: incident?.head });
        assert.deepEqual(fold(entries), (await loadIncident(db, id))?.incident);
        assert.deepEqual((await incidentOfRoom(db, room))?.incident, incident);
      });
    });

    test("shows who has touched it", async () => {
      await withStore(engine, async (db) => {
        await write(db, await write(db, undefined, begins, "$1"), note("as it was"), "$2");
        await db
          .updateTable("entry")
          .set({ data: '{"text":"as it was not"}' })
          .where("seq", "=", 2)
          .execute();
        const broken = { seq: 2, reason: "words do not match" };
        assert.deepEqual(await followChain(journalOf(db, id)), { broken });
      });
    });

    test("is not written by two at the same place: the second has to look again, and has written nothing", async () => {
      await withStore(engine, async (db) => {
        const before = await write(db, undefined, begins, "$1");
        const after = await write(db, before, note("first"), "$2");
        await assert.rejects(write(db, before, note("second"), "$3"), ChainMoved);
        assert.equal(await hasActed(db, id, "$3"), false);
        assert.deepEqual((await loadIncident(db, id))?.incident, after);
        await write(db, after, note("second"), "$3");
        assert.equal((await Array.fromAsync(journalOf(db, id))).length, 3);
      });
    });

    test("written by many at once has everything once, in one chain", async () => {
      await withStore(engine, async (db) => {
        await write(db, undefined, begins, "$0");
        const stubborn = async (n: number): Promise<void> => {
          const current = (await loadIncident(db, id))?.incident;
          try {
            await write(db, current, note(String(n)), `$${n}`);
          } catch (error) {
            if (!(error instanceof ChainMoved)) throw error;
            await stubborn(n);
          }
        };
        await Promise.all(Array.from({ length: 8 }, (_, n) => stubborn(n + 1)));
        const entries = await Array.fromAsync(journalOf(db, id));
        assert.ok("head" in (await followChain(entries)));
        const texts = entries.flatMap((entry) => (entry.type === "noted" ? [entry.data.text] : []));
        assert.deepEqual(texts.toSorted(), ["1", "2", "3", "4", "5", "6", "7", "8"]);
      });
    });

    test("knows which causes have had their effect, and takes none twice", async () => {
      await withStore(engine, async (db) => {
        const before = await write(db, undefined, begins, "$1");
        assert.deepEqual([await hasActed(db, id, "$1"), await hasActed(db, id, "$2")], [true, false]);
        await assert.rejects(write(db, before, note("again"), "$1"));
        assert.deepEqual((await loadIncident(db, id))?.incident, before);
      });
    });
  });

  test("numbers follow one another, and one that was not used is given again", async () => {
    await withStore(engine, async (db) => {
      await installation(db, noon);
      const next = () => db.transaction().execute(nextIncidentId);
      assert.equal(await next(), "INC-0001");
      const failing = db.transaction().execute(async (change) => {
        await nextIncidentId(change);
        throw new Error("the power is gone");
      });
      await assert.rejects(failing, /power/);
      assert.equal(await next(), "INC-0002");
    });
  });

  test("lists hold what is open, until it is archived", async () => {
    await withStore(engine, async (db) => {
      const incident = await write(db, undefined, begins, "$1");
      assert.deepEqual(await openIncidents(db), [id]);
      await db.updateTable("incident").set({ state: "archived" }).where("id", "=", incident.id).execute();
      assert.deepEqual(await openIncidents(db), []);
      assert.deepEqual(await listIncidents(db, { open: true, limit: 9 }), []);
      assert.equal((await listIncidents(db, { open: false, limit: 9 })).length, 1);
    });
  });

  test("timers come when they are due, the oldest first, and go with their reason", async () => {
    await withStore(engine, async (db) => {
      await write(db, undefined, begins, "$1");
      const brings = { type: "grace-ended" } as const;
      const timers = [
        { key: "late", dueAt: noon + 20, brings },
        { key: "early", dueAt: noon + 10, brings },
      ];
      const set = (wanted: typeof timers) =>
        db.transaction().execute((change) => setTimers(change, id, wanted));
      await set(timers);
      await set(timers.map((timer) => ({ ...timer, dueAt: timer.dueAt + 1_000 })));
      assert.equal(await nextDue(db), noon + 10);
      assert.deepEqual((await dueTimers(db, noon + 9, 9)).length, 0);
      assert.deepEqual(
        (await dueTimers(db, noon + 20, 9)).map(({ key }) => key),
        ["early", "late"],
      );
      assert.deepEqual((await dueTimers(db, noon + 20, 1))[0], { incident: id, ...timers[1] });
      await db.transaction().execute((change) => dropTimer(change, id, "early"));
      assert.equal(await nextDue(db), noon + 20);
      await set([]);
      assert.equal(await nextDue(db), undefined);
    });
  });
});
