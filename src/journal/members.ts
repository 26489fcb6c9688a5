import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster } from "../incident/incident.ts";
import type { Change } from "../store/store.ts";

/** Keeps who is on an incident's roster beside its fold, so that the database can be asked by person. */
export async function enrol(change: Change, incident: Incident, before: Incident | undefined): Promise<void> {
  const was = roster(before);
  const is = roster(incident);
  const gone = was.filter((user) => !isOnRoster(incident, user));
  if (gone.length > 0) {
    await change
      .deleteFrom("member")
      .where("incident", "=", incident.id)
      .where("user_id", "in", gone)
      .execute();
  }
  const come = is
    .filter((user) => before === undefined || !isOnRoster(before, user))
    .map((user) => ({ incident: incident.id, user_id: user }));
  if (come.length > 0) await change.insertInto("member").values(come).execute();
}

/** Everybody on an incident's roster. */
export function roster(incident: Incident | undefined): readonly UserId[] {
  if (incident === undefined) return [];
  return (Object.keys(incident.people) as UserId[]).filter((user) => isOnRoster(incident, user));
}
