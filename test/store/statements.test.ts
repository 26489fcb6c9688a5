import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from "kysely";
import { StatementsAtHand } from "../../src/store/statements.ts";
import { temporaryFolder } from "../support/folder.ts";

interface Tables {
  readonly thing: { readonly id: number; readonly name?: string };
}

/** A database with three things in it, and how many statements have been prepared since. */
async function things() {
  const database = new Sqlite(join(await temporaryFolder(), "things.db"));
  const prepared: string[] = [];
  const counting = new Proxy(database, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name);
      return (text: string) => {
        prepared.push(text);
        return target.prepare(text);
      };
    },
  });
  const kept: SqliteDatabase = new StatementsAtHand(counting);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: kept }) });
  await sql`create table thing (id integer primary key)`.execute(db);
  for (const id of [1, 2, 3]) await db.insertInto("thing").values({ id }).execute();
  return { db, kept, prepared };
}

test("what is asked again is prepared once", async () => {
  const { db, prepared } = await things();
  for (const id of [1, 2, 3]) {
    const found = await db.selectFrom("thing").selectAll().where("id", "=", id).execute();
    assert.deepEqual(found, [{ id }]);
  }
  assert.equal(prepared.filter((text) => text.startsWith("insert")).length, 1);
  assert.equal(prepared.filter((text) => text.startsWith("select")).length, 1);
  await db.destroy();
});

test("what was prepared before a table was changed has its new column", async () => {
  const { db } = await things();
  const all = () => db.selectFrom("thing").selectAll().orderBy("id").execute();
  assert.deepEqual(await all(), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  await sql`alter table thing add column name text default 'none'`.execute(db);
  assert.deepEqual((await all())[0], { id: 1, name: "none" });
  await db.destroy();
});

test("the same may be asked while its rows are still being read", async () => {
  const { db, kept } = await things();
  const all = "select id from thing order by id";
  const read = Array.from(kept.prepare(all).iterate([]), (row) => [row, kept.prepare(all).all([]).length]);
  assert.deepEqual(
    read,
    [1, 2, 3].map((id) => [{ id }, 3]),
  );
  await db.destroy();
});

test("of more statements than are kept each is still answered", async () => {
  const { db, prepared } = await things();
  const lengths = Array.from({ length: 300 }, (_, n) => n + 1);
  const ask = (length: number) =>
    db.selectFrom("thing").select("id").where("id", "in", lengths.slice(0, length)).execute();
  for (const length of lengths) assert.equal((await ask(length)).length, Math.min(length, 3));
  const before = prepared.length;
  await ask(300);
  assert.equal(prepared.length, before);
  await ask(1);
  assert.equal(prepared.length, before + 1);
  await db.destroy();
});
