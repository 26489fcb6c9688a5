import { evolve, foldVersion } from "../incident/evolve.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Queries } from "../store/store.ts";
import { journalOf } from "./incidents.ts";

/**
 * Makes the folds anew that an older program left beside the journals. What an incident is stands in its
 * journal alone, so nothing but time is lost by it.
 *
 * @returns how many there were
 */
export async function refold(db: Queries): Promise<number> {
  const rows = await db
    .selectFrom("incident")
    .select("id")
    .where("fold_version", "!=", foldVersion)
    .execute();
  for (const { id } of rows) await foldAnew(db, id as IncidentId);
  return rows.length;
}

/** Folds a journal anew, and keeps what it comes to. */
export async function foldAnew(db: Queries, id: IncidentId): Promise<Incident> {
  let incident: Incident | undefined;
  for await (const entry of journalOf(db, id)) incident = evolve(incident, entry);
  if (incident === undefined) throw new Error(`${id} has no journal to fold`);
  await db
    .updateTable("incident")
    .set({ folded: JSON.stringify(incident), fold_version: foldVersion })
    .where("id", "=", id)
    .execute();
  return incident;
}
