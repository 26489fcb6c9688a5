import type { IncidentId } from "../incident/ids.ts";
import type { Queries } from "../store/store.ts";

/**
 * What an incident's archive says and neither its room nor its journal knows, as it was when it was first
 * asked for: an archive that is made again has to be the same.
 */
export async function archiveSetting<T>(db: Queries, id: IncidentId, make: () => Promise<T>): Promise<T> {
  if ((await kept(db, id)) === null) {
    await db
      .updateTable("incident")
      .set({ archive_setting: JSON.stringify(await make()) })
      .where("id", "=", id)
      .where("archive_setting", "is", null)
      .execute();
  }
  return JSON.parse((await kept(db, id)) ?? "null");
}

async function kept(db: Queries, id: IncidentId): Promise<string | null> {
  const incident = db.selectFrom("incident").select("archive_setting").where("id", "=", id);
  return (await incident.executeTakeFirstOrThrow()).archive_setting;
}
