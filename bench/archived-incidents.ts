import { join } from "node:path";
import { type RawBuilder, sql } from "kysely";
import type { Schema } from "../src/store/schema.ts";
import { openStore, type Queries } from "../src/store/store.ts";
import type { Installation } from "./service.ts";

/** How many more events each room has, besides what the service itself said there. */
const talk = 5;

/**
 * Copies the first incident so many times, as archived ones, with its journal, messages, people and room. The
 * copies are as large as real ones, and as linked; their chains are not proven, which nobody looks at here.
 *
 * @returns their rooms
 */
export async function fill({ folder }: Installation, archived: number): Promise<readonly string[]> {
  const store = await openStore({ engine: "sqlite", file: join(folder, "cordon.db") });
  try {
    await store.db.transaction().execute(async (change) => {
      await sql`create temporary table copy (n integer primary key, id text not null)`.execute(change);
      await sql`
        with recursive counter (n) as (select 2 union all select n + 1 from counter where n <= ${archived})
        insert into copy select n, printf('INC-%04d', n) from counter`.execute(change);
      await copyRows(change);
      await addTalk(change);
      await sql`update installation set next_incident = ${archived + 2}`.execute(change);
      await sql`drop table copy`.execute(change);
    });
    await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
    const rows = await store.db
      .selectFrom("incident")
      .select("room_id")
      .where("state", "=", "archived")
      .execute();
    return rows.flatMap(({ room_id }) => room_id ?? []);
  } finally {
    await store.close();
  }
}

async function copyRows(db: Queries): Promise<void> {
  await copy(db, "incident", {
    id: sql`copy.id`,
    number: sql`copy.n`,
    state: sql`'archived'`,
    alias: sql`alias || '-' || copy.n`,
    room_id: sql`room_id || '-' || copy.n`,
    folded: sql`replace(replace(replace(folded, 'INC-0001', copy.id), '"state":"active"',
      '"state":"archived","closing":{"since":0,"seal":"$seal-' || copy.n || '"}'), room_id, room_id || '-' || copy.n)`,
    kept_seq: sql`head_seq`,
    ...same("fold_version", "head_seq", "head_hash", "card_hash"),
  });
  await copy(db, "entry", {
    incident: sql`copy.id`,
    ...same("seq", "type", "data", "actor", "actor_roles", "event_at", "recorded_at", "cause", "part"),
    ...same("prev_hash", "hash", "salt", "digests"),
  });
  await copy(db, "member", { incident: sql`copy.id`, user_id: sql`user_id` });
  await copy(db, "outbox", {
    key: sql`key || '-' || copy.n`,
    room_id: sql`room_id || '-' || copy.n`,
    incident: sql`copy.id`,
    about: sql`about || '-' || copy.n`,
    event_id: sql`event_id || '-' || copy.n`,
    ...same("type", "content", "not_before", "failures", "sent_at"),
  });
  await copy(db, "room_state", {
    room_id: sql`room_id || '-' || copy.n`,
    ...same("type", "state_key", "content", "sender"),
  });
}

function same(...columns: readonly string[]): Record<string, RawBuilder<unknown>> {
  return Object.fromEntries(columns.map((column) => [column, sql.ref(column)]));
}

/** Every row of the first incident in a table, once for each copy, with these columns. */
async function copy(
  db: Queries,
  table: keyof Schema,
  columns: Readonly<Record<string, RawBuilder<unknown>>>,
): Promise<void> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  const first =
    table === "room_state"
      ? sql`1 = 1`
      : sql.raw(table === "incident" ? "original.id = 'INC-0001'" : "incident = 'INC-0001'");
  await sql`
    insert into ${sql.table(table)} (${names})
    select ${sql.join(Object.values(columns))} from copy, ${sql.table(table)} as original where ${first}`.execute(
    db,
  );
}

async function addTalk(db: Queries): Promise<void> {
  const json = JSON.stringify({
    type: "m.room.message",
    content: { msgtype: "m.text", body: "x".repeat(200) },
  });
  await sql`
    with recursive counter (n) as (select 1 union all select n + 1 from counter where n < ${talk})
    insert into inbox (event_id, room_id, received_at, json, handled_at)
    select '$talk-' || copy.n || '-' || counter.n, incident.room_id, 0, ${json}, 0
    from copy, counter, incident where incident.number = copy.n`.execute(db);
}
