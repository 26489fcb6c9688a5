import type { Selectable } from "kysely";
import { type IncidentId, parseIncidentId } from "../incident/ids.ts";
import type { AttachmentTable } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";

export type AttachmentRow = Selectable<AttachmentTable>;

/** Notes that an event of an incident's room names a file: to be fetched, unless there is a reason not to. */
export async function wantFile(
  db: Queries,
  incident: IncidentId,
  uri: string,
  missing?: string,
): Promise<void> {
  await db
    .insertInto("attachment")
    .values({ incident, uri, missing: missing ?? null })
    .onConflict((conflict) => conflict.columns(["incident", "uri"]).doNothing())
    .execute();
}

function waiting(db: Queries) {
  return db.selectFrom("attachment").where("sha256", "is", null).where("missing", "is", null);
}

/** The incidents that wait for files. */
export async function incidentsWaiting(db: Queries): Promise<readonly IncidentId[]> {
  const rows = await waiting(db).select("incident").distinct().execute();
  return rows.flatMap(({ incident }) => parseIncidentId(incident) ?? []);
}

/** The file of an incident that is fetched next: those that failed come after those that did not. */
export async function nextFile(db: Queries, incident: IncidentId): Promise<AttachmentRow | undefined> {
  return waiting(db)
    .selectAll()
    .where("incident", "=", incident)
    .orderBy("not_before")
    .limit(1)
    .executeTakeFirst();
}

/** How many files are still to be fetched, for all incidents. */
export async function attachmentsWaiting(db: Queries): Promise<number> {
  const row = await waiting(db)
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many files of an incident are still to be fetched. */
export async function filesWaiting(db: Queries, incident: IncidentId): Promise<number> {
  const row = await waiting(db)
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("incident", "=", incident)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The contents of the files that an incident has, each once. */
export async function fetchedFiles(db: Queries, incident: IncidentId): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("attachment")
    .select("sha256")
    .distinct()
    .where("incident", "=", incident)
    .where("sha256", "is not", null)
    .execute();
  return rows.flatMap(({ sha256 }) => sha256 ?? []);
}

/** What a URI brought when it was fetched for any incident: what it stands for never changes. */
export async function fetchedBefore(
  db: Queries,
  uri: string,
): Promise<{ readonly sha256: string; readonly bytes: number } | undefined> {
  const rows = await db
    .selectFrom("attachment")
    .select(["sha256", "bytes"])
    .where("uri", "=", uri)
    .where("sha256", "is not", null)
    .limit(1)
    .execute();
  return rows.flatMap(({ sha256, bytes }) =>
    sha256 === null || bytes === null ? [] : [{ sha256, bytes: Number(bytes) }],
  )[0];
}

/** Has the files with this content fetched again. */
export async function wantAgain(db: Queries, incident: IncidentId, sha256: string): Promise<void> {
  await db
    .updateTable("attachment")
    .set({ sha256: null, bytes: null, failures: 0, not_before: 0 })
    .where("incident", "=", incident)
    .where("sha256", "=", sha256)
    .execute();
}

/** Those of these contents that were needed once, and now by no incident that is not archived. */
export async function settledAmong(db: Queries, contents: readonly string[]): Promise<readonly string[]> {
  if (contents.length === 0) return [];
  const rows = await db
    .selectFrom("attachment")
    .innerJoin("incident", "incident.id", "attachment.incident")
    .select(["attachment.sha256", "incident.state"])
    .distinct()
    .where("attachment.sha256", "in", contents)
    .execute();
  const needed = new Set(rows.filter(({ state }) => state !== "archived").map(({ sha256 }) => sha256));
  const known = new Set(rows.map(({ sha256 }) => sha256));
  return contents.filter((sha256) => known.has(sha256) && !needed.has(sha256));
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

/** Forgets what became of a file. Gives back the hash of its content, where it had been fetched. */
export async function forgetFile(
  change: Change,
  incident: IncidentId,
  uri: string,
  missing: string,
): Promise<readonly string[]> {
  const row = await findFile(change, incident, uri);
  if (row === undefined) return [];
  await change
    .updateTable("attachment")
    .set({ sha256: null, bytes: null, missing })
    .where("incident", "=", incident)
    .where("uri", "=", uri)
    .execute();
  return row.sha256 === null ? [] : [row.sha256];
}

/** Those of these contents that no incident has a file with. */
export async function unusedAmong(db: Queries, contents: readonly string[]): Promise<readonly string[]> {
  if (contents.length === 0) return [];
  const rows = await db.selectFrom("attachment").select("sha256").where("sha256", "in", contents).execute();
  const used = new Set(rows.map(({ sha256 }) => sha256));
  return contents.filter((sha256) => !used.has(sha256));
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
