import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The name of the step below; what a database notes of its upgrades can be noted from then on. */
export const upgradeStep = "0009-upgrade";

/**
 * What became of the tables, and when. A program that is older than its database reads here which version it
 * needs, and where the copy from before lies. It is about the tables, not about what they hold: a restore into PostgreSQL
 * leaves it as it is there.
 */
export const upgrade: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("upgrade")
      .addColumn("step", "text", (column) => column.primaryKey())
      .addColumn("since", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("copy", "text")
      .execute();
  },
};
