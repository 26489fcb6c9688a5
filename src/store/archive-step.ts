import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What an archive says and neither its room nor its journal knows, so that it can be made again. */
export const archiveSetting: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("incident").addColumn("archive_setting", "text").execute();
  },
};
