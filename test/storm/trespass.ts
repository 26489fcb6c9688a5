import { Client } from "pg";
import type { DatabaseAddress } from "../../src/config/database-url.ts";

/** What only whoever leads may write into, and which writes are meant. */
const watched: Readonly<Record<string, string>> = {
  entry: "insert or update or delete",
  incident: "insert or update or delete",
  outbox: "insert or update or delete",
  timer: "insert or update or delete",
  inbox: "update or delete",
};

/**
 * Has PostgreSQL note every write of a service whose term is over. The service's own fence refuses such writes before
 * they are noted; the names of term and sequence are all that both have in common.
 */
export async function watchTerms(database: DatabaseAddress): Promise<void> {
  await ask(database, async (client) => {
    await client.query(`
      create table storm_trespass (place text);
      create function storm_watch() returns trigger language plpgsql as $$
      begin
        if coalesce(current_setting('cordon.term', true), '') <> (select last_value::text from cordon_term) then
          insert into storm_trespass values (tg_table_name);
        end if;
        return null;
      end $$`);
    for (const [table, writes] of Object.entries(watched)) {
      await client.query(
        `create trigger storm_watch after ${writes} on ${table} for each statement execute function storm_watch()`,
      );
    }
  });
}

/** A sentence for every table into which a service wrote whose term was over. */
export async function trespasses(database: DatabaseAddress): Promise<readonly string[]> {
  const sentences: string[] = [];
  await ask(database, async (client) => {
    const { rows } = await client.query(
      "select place, count(*) as writes from storm_trespass group by place",
    );
    for (const { place, writes } of rows) {
      sentences.push(`${writes} writes into ${place} by a service whose term was over`);
    }
  });
  return sentences;
}

/** SQLite belongs to one process alone: there is nothing to be watched. */
async function ask(database: DatabaseAddress, work: (client: Client) => Promise<void>): Promise<void> {
  if (database.engine === "sqlite") return;
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
