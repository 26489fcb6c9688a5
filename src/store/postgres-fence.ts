import { sql } from "kysely";
import { tables } from "./schema.ts";
import type { Change, Queries } from "./store.ts";

/** Held, shared, by every transaction that writes; alone, by whoever begins a term: it waits for those under way. */
const writersKey = 0x43_4f_52_45;
/** The PostgreSQL error of a write by somebody whose term is over; a class of our own (appendix A leaves C to us). */
export const fencedCode = "CRD01";
/** Where rooms are named in which something has arrived. */
export const arrivalsChannel = "cordon_arrivals";

/**
 * Begins a term, and with that ends the one before: from now on nobody but the holder of this number writes.
 * A sequence is what counts them, since what it gives is given once and seen by everybody at once.
 */
export const beginTerm = `
  begin;
  create sequence if not exists cordon_term;
  select pg_advisory_xact_lock(${writersKey});
  select nextval('cordon_term') as term;
  commit`;

/**
 * Has the database itself refuse the writes of whoever leads no longer, and tell whoever leads what others have
 * kept. What the homeserver brings may be kept by anybody.
 */
export async function raiseFences(db: Queries): Promise<void> {
  await db.transaction().execute(async (change) => {
    await defineFence(change);
    for (const table of await presentTables(change)) {
      const writes = table === "inbox" ? "update or delete" : "insert or update or delete";
      await sql`
        create or replace trigger cordon_fence before ${sql.raw(writes)} on ${sql.table(table)}
        for each statement execute function cordon_fence()`.execute(change);
    }
    await sql`
      create or replace trigger cordon_arrivals after insert on inbox referencing new table as arrived
      for each statement execute function cordon_arrivals()`.execute(change);
  });
}

/** Ours among the tables that there are: somebody may have put others beside them. */
async function presentTables(change: Change): Promise<readonly string[]> {
  const present = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(change);
  return present.rows.flatMap(({ name }) => (tables.includes(name) ? [name] : []));
}

async function defineFence(change: Change): Promise<void> {
  await sql`
    create or replace function cordon_fence() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${sql.lit(writersKey)});
      if coalesce(current_setting('cordon.term', true), '') <> (select last_value::text from cordon_term) then
        raise exception 'another Cordon leads' using errcode = ${sql.lit(fencedCode)};
      end if;
      return null;
    end $$`.execute(change);
  await sql`
    create or replace function cordon_arrivals() returns trigger language plpgsql as $$
    begin
      perform pg_notify(${sql.lit(arrivalsChannel)}, room_id)
        from (select distinct room_id from arrived where room_id is not null) as rooms;
      return null;
    end $$`.execute(change);
}
