import { once } from "node:events";
import { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { sql } from "kysely";
import { StoreError } from "./engine.ts";
import { migrations } from "./migrations.ts";
import { tables } from "./schema.ts";
import { type Change, type DatabaseAddress, openForReading, openStore, type Queries } from "./store.ts";
import { upgradeStep } from "./upgrade-step.ts";
import { appliedSteps } from "./upgrading.ts";

/** All that the copying knows of a table: rows are carried over as they are. */
type Rows = Record<string, Record<string, unknown>>;

/** What a database says of its own form. */
const ownNotes = ["kysely_migration", "upgrade"];
/** Rows of at most 65 kB each. */
const rowsAtOnce = 200;
/** More pages than a file has: the whole copy is one step, in one read transaction of SQLite's. */
const allPages = 2 ** 31 - 1;

/**
 * Copies a database, as it is at one moment, into a new SQLite file, whatever engine it is of and whoever is
 * writing to it. So there is one form of backups; it is checked like any database, and goes back into either
 * engine. A database of an older version is copied as it is: the copy is of that version too.
 *
 * @param file must not be there; in a folder that is whoever calls's alone, for SQLite puts files beside it
 * @returns the names of the steps that database and copy have
 * @throws StoreError
 */
export async function copyOut(address: DatabaseAddress, file: string): Promise<readonly string[]> {
  const from = await openForReading(address, { older: "read" });
  try {
    const steps = await appliedSteps(from.db);
    if (address.engine === "sqlite") await copyFile(address.file, file);
    else await copyRowsOut(from.db, file, steps);
    await settle(file);
    return steps;
  } finally {
    await from.close();
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  const source = new Sqlite(from, { readonly: true, fileMustExist: true });
  try {
    await source.backup(to, { progress: () => allPages });
  } finally {
    source.close();
  }
}

async function copyRowsOut(from: Queries, file: string, steps: readonly string[]): Promise<void> {
  const known = Object.entries(migrations("sqlite")).filter(([name]) => steps.includes(name));
  const to = await openStore({ engine: "sqlite", file }, Object.fromEntries(known));
  try {
    const present = await to.db.introspection.getTables();
    const copied = tables.filter((table) => present.some(({ name }) => name === table));
    const noted = ownNotes.filter((table) => table !== "upgrade" || steps.includes(upgradeStep));
    await from
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute((snapshot) =>
        to.db.transaction().execute(async (copy) => {
          // The copy says of itself when it was made what it is; it is to say what the database says.
          for (const table of noted) await copy.withTables<Rows>().deleteFrom(table).execute();
          for (const table of [...noted, ...copied]) await insertAll(copy, table, fetched(snapshot, table));
        }),
      );
  } finally {
    await to.close();
  }
}

/** The rows of a PostgreSQL table as the transaction sees it, a handful in memory. */
async function* fetched(snapshot: Change, table: string): AsyncIterable<readonly Rows[string][]> {
  await sql`declare rows_of no scroll cursor for select * from ${sql.table(table)}`.execute(snapshot);
  for (;;) {
    const { rows } = await sql<Rows[string]>`fetch ${sql.lit(rowsAtOnce)} from rows_of`.execute(snapshot);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close rows_of`.execute(snapshot);
}

async function insertAll(
  change: Change,
  table: string,
  batches: AsyncIterable<readonly Rows[string][]>,
): Promise<void> {
  for await (const rows of batches)
    await change
      .withTables<Rows>()
      .insertInto(table)
      .values([...rows])
      .execute();
}

/**
 * Makes a copy one file that is all of it, and has SQLite look through every page of it: in a thread of its own, since
 * who leads on PostgreSQL, and is silent for some seconds, does not lead any more.
 */
async function settle(file: string): Promise<void> {
  const thread = new Worker(new URL("./settlethread.ts", import.meta.url), { workerData: file });
  const [found]: unknown[] = await once(thread, "message");
  await thread.terminate();
  if (found === "ok") return;
  const cure = "check the disk, and run `cordon doctor`";
  throw new StoreError("database-unreadable", `the copy is damaged (${String(found)})`, cure);
}

/**
 * Puts the rows of a SQLite file in the place of everything in a PostgreSQL database, in one transaction. What
 * was there is kept in a schema beside it.
 *
 * @param db of whoever leads, with the tables of this version
 * @param file with the same tables
 * @param aside the name of the schema for what was there; where not given, it is not kept
 */
export async function copyInto(db: Queries, file: string, aside: string | undefined): Promise<void> {
  const from = await openForReading({ engine: "sqlite", file });
  try {
    await db.transaction().execute(async (change) => {
      if (aside !== undefined) await keepAside(change, aside);
      await sql`truncate ${sql.join(tables.map((table) => sql.table(table)))}`.execute(change);
      for (const table of tables) await insertAll(change, table, streamed(from.db, table));
      for (const table of ["inbox", "outbox", "own_write"]) {
        await sql`
          select setval(pg_get_serial_sequence(${table}, 'seq'), coalesce(max(seq), 0) + 1, false)
          from ${sql.table(table)}`.execute(change);
      }
    });
  } finally {
    await from.close();
  }
}

async function keepAside(change: Change, schema: string): Promise<void> {
  await change.schema.createSchema(schema).execute();
  for (const table of tables) {
    await sql`create table ${sql.table(`${schema}.${table}`)} as table ${sql.table(table)}`.execute(change);
  }
}

async function* streamed(from: Queries, table: string): AsyncIterable<readonly Rows[string][]> {
  let rows: Rows[string][] = [];
  for await (const row of from.withTables<Rows>().selectFrom(table).selectAll().stream()) {
    rows.push(row);
    if (rows.length < rowsAtOnce) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
