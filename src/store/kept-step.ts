import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Up to which entry of its journal an archived incident's room has been brought into the state it has to be in. */
export const kept: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("incident")
      .addColumn("kept_seq", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await sql`update incident set kept_seq = head_seq where state = 'archived'`.execute(db);
    await db.schema
      .createIndex("incident_unkept")
      .on("incident")
      .column("number")
      .where(sql<boolean>`state = 'archived' and kept_seq < head_seq`)
      .execute();
  },
};
