import type { Selectable } from "kysely";
import type { IncidentId } from "../incident/ids.ts";
import type { AttachmentTable } from "../store/schema.ts";
import type { Queries } from "../store/store.ts";

export type AttachmentRow = Selectable<AttachmentTable>;

/** Notes that a file was sent into an incident's room and has to be fetched. */
export async function wantFile(db: Queries, incident: IncidentId, uri: string): Promise<void> {
  await db
    .insertInto("attachment")
    .values({ incident, uri })
    .onConflict((conflict) => conflict.columns(["incident", "uri"]).doNothing())
    .execute();
}

function waiting(db: Queries) {
  return db.selectFrom("attachment").where("sha256", "is", null).where("missing", "is", null);
}

/** The file that is fetched next. */
export async function nextFile(db: Queries): Promise<AttachmentRow | undefined> {
  return waiting(db).selectAll().orderBy("not_before").limit(1).executeTakeFirst();
}

/** How many files of an incident are still to be fetched. */
export async function filesWaiting(db: Queries, incident: IncidentId): Promise<number> {
  const row = await waiting(db)
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("incident", "=", incident)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function findFile(
  db: Queries,
  incident: IncidentId,
  uri: string,
): Promise<AttachmentRow | undefined> {
  return db
    .selectFrom("attachment")
    .selectAll()
    .where("incident", "=", incident)
    .where("uri", "=", uri)
    .executeTakeFirst();
}

/** Lets files that could not be fetched be tried again at once. */
export async function forgetPauses(db: Queries): Promise<void> {
  await db
    .updateTable("attachment")
    .set({ not_before: 0 })
    .where("sha256", "is", null)
    .where("missing", "is", null)
    .execute();
}

/** What became of a file: fetched, never to be had, or to be tried again later. */
export async function noteFile(
  db: Queries,
  row: AttachmentRow,
  outcome:
    | { readonly sha256: string; readonly bytes: number }
    | { readonly missing: string }
    | { readonly failures: number; readonly not_before: number },
): Promise<void> {
  await db
    .updateTable("attachment")
    .set(outcome)
    .where("incident", "=", row.incident)
    .where("uri", "=", row.uri)
    .execute();
}
