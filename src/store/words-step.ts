import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What a journal's chain knows of words, so that they can be taken out. Entries from before have none. */
export const words: Migration = {
  async up(db: Kysely<unknown>) {
    for (const column of ["salt", "digests"]) {
      await db.schema.alterTable("entry").addColumn(column, "text").execute();
    }
  },
};
