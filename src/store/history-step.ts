import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Up to where the history of each room is known to be whole, and how much had to be fetched. */
export const history: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("history")
      .addColumn("room_id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("begin_at", "text")
      .addColumn("reached", "text")
      .addColumn("due_at", "bigint", (column) => column.notNull())
      .addColumn("doubtful", "integer", (column) => column.notNull())
      .addColumn("refused", "text")
      .execute();
    await db.schema.createIndex("history_due").on("history").columns(["kind", "due_at"]).execute();
    await db.schema
      .createIndex("incident_open")
      .on("incident")
      .column("room_id")
      .where(sql<boolean>`state <> 'archived'`)
      .execute();
    await db.schema
      .alterTable("installation")
      .addColumn("events_fetched", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("installation").addColumn("fetched_at", "bigint").execute();
  },
};
