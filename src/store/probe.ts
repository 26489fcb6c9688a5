import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Queries } from "./store.ts";

/** How much there has to be room for where the database was in trouble, in bytes: for a busy transaction. */
const roomBytes = 256 * 1024;

/**
 * Sees whether a database takes what is written, by writing something of no meaning. `thoroughly`: also whether
 * there is room, of which the smallest write says nothing.
 *
 * @throws what a write would
 */
export type Probe = (options: { readonly thoroughly: boolean }) => Promise<void>;

/** Of a SQLite file: what is written is on the disk, and what takes room is gone again. */
export function probeOfSqlite(db: Queries): Probe {
  return async ({ thoroughly }) => {
    await sql`pragma user_version = 0`.execute(db);
    if (!thoroughly) return;
    // The write-ahead log may itself have taken the last room; it gives back what it can.
    await sql`pragma wal_checkpoint(truncate)`.execute(db);
    await sql`create table if not exists room_probe (content blob)`.execute(db);
    await sql`insert into room_probe values (zeroblob(${roomBytes}))`.execute(db);
    await sql`drop table room_probe`.execute(db);
  };
}

/** Of PostgreSQL: a counter may go on without a term, and a row may be put into the inbox, which is taken back. */
export function probeOfPostgres(db: Queries): Probe {
  return async ({ thoroughly }) => {
    await sql`select nextval(pg_get_serial_sequence('inbox', 'seq'))`.execute(db);
    if (!thoroughly) return;
    const json = randomBytes(roomBytes).toString("base64");
    const change = await db.startTransaction().execute();
    try {
      await change
        .insertInto("inbox")
        .values({ event_id: `probe:${json.slice(0, 20)}`, received_at: 0, json, aside: "a probe" })
        .execute();
    } finally {
      await change.rollback().execute();
    }
  };
}
