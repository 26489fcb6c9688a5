import { isDeepStrictEqual } from "node:util";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { IncidentRow } from "../store/schema.ts";
import type { Queries } from "../store/store.ts";
import { roster } from "./members.ts";

/** The row of an incident as it lies there, whether it can be read or not. */
export async function incidentRow(db: Queries, id: IncidentId): Promise<IncidentRow | undefined> {
  return db.selectFrom("incident").selectAll().where("id", "=", id).executeTakeFirst();
}

/** What of what is kept beside a journal, for queries, is not what the journal comes to, in words. */
export async function misprojected(
  db: Queries,
  row: IncidentRow,
  incident: Incident,
): Promise<readonly string[]> {
  const { state, room, head } = incident;
  return [
    ...(row.state === state ? [] : ["state"]),
    ...(row.room_id === (room?.id ?? null) ? [] : ["room"]),
    ...(row.head_seq === head.seq && row.head_hash === head.hash ? [] : ["head"]),
    ...((await isEnrolled(db, incident)) ? [] : ["members"]),
  ];
}

async function isEnrolled(db: Queries, incident: Incident): Promise<boolean> {
  const rows = await db.selectFrom("member").select("user_id").where("incident", "=", incident.id).execute();
  return isDeepStrictEqual(new Set(rows.map((row) => row.user_id)), new Set<string>(roster(incident)));
}

/** The incidents that have a journal, and are not there any more themselves. */
export async function incidentsMissing(db: Queries): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("entry")
    .select("incident")
    .distinct()
    .where("incident", "not in", db.selectFrom("incident").select("id"))
    .orderBy("incident")
    .execute();
  return rows.map((row) => row.incident);
}
