import type { IncidentId, UserId } from "../incident/ids.ts";
import type { Queries } from "../store/store.ts";

/** When each person last wrote in an incident's room, in milliseconds since the epoch. */
export async function heardAt(db: Queries, incident: IncidentId): Promise<Readonly<Record<UserId, number>>> {
  const rows = await db
    .selectFrom("heard")
    .select(["user_id", "at"])
    .where("incident", "=", incident)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.user_id, row.at]));
}

/** Notes that somebody wrote. What comes late does not make them silent since longer than they were. */
export async function noteHeard(db: Queries, incident: IncidentId, user: UserId, at: number): Promise<void> {
  await db
    .insertInto("heard")
    .values({ incident, user_id: user, at })
    .onConflict((conflict) =>
      conflict.columns(["incident", "user_id"]).doUpdateSet({ at }).where("heard.at", "<", at),
    )
    .execute();
}
