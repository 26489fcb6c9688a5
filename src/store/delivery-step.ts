import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What is still to be done with archives that are made. */
export const delivery: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("delivery")
      .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("what", "text", (column) => column.notNull())
      .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("not_before", "bigint", (column) => column.notNull().defaultTo(0))
      .addColumn("trouble", "text")
      .addPrimaryKeyConstraint("delivery_key", ["name", "what"])
      .execute();
  },
};
