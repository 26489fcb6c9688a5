import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The tables as this step finds and leaves them; what comes after it changes nothing here. */
type Tables = {
  incident: { id: string; folded: string };
  member: { incident: string; user_id: string };
};

/** Who is where: the rosters of incidents, of those eligible for roles, and when somebody last wrote. */
export const roles: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("member")
      .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
      .addColumn("user_id", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("member_key", ["incident", "user_id"])
      .execute();
    await db.schema.createIndex("member_user").on("member").column("user_id").execute();
    await enrolEveryone(db.withTables<Tables>());
    await db.schema
      .createTable("heard")
      .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("heard_key", ["incident", "user_id"])
      .execute();
    await db.schema
      .createTable("roster")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .alterTable("place")
      .addColumn("since", "bigint", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("incident")
      .addColumn("fold_version", "integer", (column) => column.notNull().defaultTo(1))
      .execute();
    await db.schema.alterTable("installation").addColumn("administrators_room", "text").execute();
  },
};

/** Fills `member` from the incidents there are, as their folds were written before this step. */
async function enrolEveryone(db: Kysely<Tables>): Promise<void> {
  const ids = await db.selectFrom("incident").select("id").execute();
  for (const { id } of ids) {
    const { folded } = await db
      .selectFrom("incident")
      .select("folded")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const { people }: { people: Readonly<Record<string, { readonly standing: string }>> } =
      JSON.parse(folded);
    const members = Object.entries(people)
      .filter(([, { standing }]) => standing === "wanted" || standing === "joined")
      .map(([user_id]) => ({ incident: id, user_id }));
    if (members.length > 0) await db.insertInto("member").values(members).execute();
  }
}
