import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Indexes for what is asked while a hundred thousand incidents lie archived beside those at work. */
export const indexes: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    const archivedNot = sql<boolean>`state <> 'archived'`;
    await schema.createIndex("incident_at_work").on("incident").column("number").where(archivedNot).execute();
    await schema.createIndex("incident_fold").on("incident").column("fold_version").execute();
    await schema
      .createIndex("entry_after_seal")
      .on("entry")
      .column("incident")
      .where(sql<boolean>`type = 'removed-after-seal'`)
      .execute();
    await schema
      .createIndex("inbox_aside")
      .on("inbox")
      .column("seq")
      .where(sql.ref("aside"), "is not", null)
      .execute();
    await schema.createIndex("outbox_about").on("outbox").columns(["about", "sent_at"]).execute();
    await schema.createIndex("outbox_event").on("outbox").column("event_id").execute();
    await schema
      .createIndex("outbox_refused")
      .on("outbox")
      .column("seq")
      .where(sql.ref("refused"), "is not", null)
      .execute();
    await schema
      .createIndex("attachment_waiting")
      .on("attachment")
      .columns(["incident", "not_before"])
      .where(sql<boolean>`sha256 is null and missing is null`)
      .execute();
    await schema.createIndex("attachment_uri").on("attachment").column("uri").execute();
    await schema.createIndex("attachment_content").on("attachment").column("sha256").execute();
  },
};
