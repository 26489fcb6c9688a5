import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Entry } from "../../../src/incident/entry.ts";
import type { IncidentId } from "../../../src/incident/ids.ts";
import { journalOf } from "../../../src/journal/entries.ts";
import { foldAnew, JournalDamaged } from "../../../src/journal/refold.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";
import { checkJournal } from "../../../src/service/checkup/journal.ts";
import type { Service } from "../../../src/service/service.ts";
import type { EntryRow } from "../../../src/store/schema.ts";
import type { Queries } from "../../../src/store/store.ts";
import { fuzzed } from "../fuzz.ts";
import { openHouse, openScene } from "../house.ts";
import { anyJson, anyText, edited, edits } from "../pieces.ts";

const texts = [
  "type",
  "data",
  "actor",
  "actor_roles",
  "cause",
  "prev_hash",
  "hash",
  "salt",
  "digests",
] as const;
const numbers = ["seq", "event_at", "recorded_at"] as const;

/** What is done to a row: a text is changed in places or as a whole, a number is another, or all of it is gone. */
const damage = fc.oneof(
  fc.record({
    column: fc.constantFrom(...texts),
    edits: edits(fc.oneof(anyText, fc.string({ maxLength: 2 })), 2),
  }),
  fc.record({
    column: fc.constantFrom(...texts),
    value: fc.oneof(
      anyJson.map((json) => JSON.stringify(json)),
      anyText,
    ),
  }),
  // Beyond the entries that there are, so that the number is free.
  fc.record({ column: fc.constantFrom(...numbers), number: fc.integer({ min: 1_000, max: 2 ** 31 }) }),
  fc.constant("gone" as const),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

/** Rows of a journal that somebody changed behind the service: it is seen, and told of which incident. */
export const journal = fuzzed({
  name: "journal",
  share: 8,
  inputs: fc.record({ row: fc.nat(200), damage }),
  begin: async (stack) => {
    const nothing = () => {};
    const silent: Service["log"] = {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: nothing,
      fatal: nothing,
    };
    const service = await openHouse(stack, {} as Homeserver, silent);
    const { db } = service;
    const id = await openScene(service, "active");
    const rows = await rowsOf(db, id);
    const whole = await readable(db, id);
    return async (input) => {
      const row = rows[input.row % rows.length];
      assert.ok(row !== undefined);
      await change(db, row, input.damage);
      try {
        await assertSeen(db, id, isDeepStrictEqual(await readable(db, id), whole));
      } finally {
        await db.deleteFrom("entry").where("incident", "=", id).execute();
        await db
          .insertInto("entry")
          .values([...rows])
          .execute();
        await foldAnew(db, id);
      }
    };
  },
});

async function assertSeen(db: Queries, id: IncidentId, isWhole: boolean): Promise<void> {
  const { verdict, cure } = await checkJournal(db);
  assert.equal(verdict, isWhole ? "ok" : "fail", "damage is seen");
  if (isWhole) return;
  assert.ok(cure[0]?.startsWith(id), `it is told where: ${cure[0]}`);
  // Entries that are gone from the end leave a journal that is whole, and only no longer what stands beside it.
  const folded = await foldAnew(db, id).catch((error: unknown) => error);
  if (folded instanceof Error) {
    assert.ok(folded instanceof JournalDamaged, String(folded.stack));
    assert.match(folded.message, new RegExp(`${id}.*entry \\d+`));
  }
}

async function rowsOf(db: Queries, id: IncidentId): Promise<readonly EntryRow[]> {
  return db.selectFrom("entry").selectAll().where("incident", "=", id).orderBy("seq").execute();
}

/** The entries as they are read; nothing where they cannot be. */
async function readable(db: Queries, id: IncidentId): Promise<readonly Entry[] | undefined> {
  return Array.fromAsync(journalOf(db, id)).catch(() => undefined);
}

async function change(db: Queries, row: EntryRow, made: Damage): Promise<void> {
  const { incident, seq } = row;
  if (made === "gone") {
    await db.deleteFrom("entry").where("incident", "=", incident).where("seq", "=", seq).execute();
    return;
  }
  const before = row[made.column];
  const value =
    "number" in made ? made.number : "value" in made ? made.value : edited(String(before ?? ""), made.edits);
  await db
    .updateTable("entry")
    .set({ [made.column]: value })
    .where("incident", "=", incident)
    .where("seq", "=", seq)
    .execute();
}
