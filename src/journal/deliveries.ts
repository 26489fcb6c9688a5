import { type Selectable, sql } from "kysely";
import type { IncidentId } from "../incident/ids.ts";
import type { DeliveryTable } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";

export type DeliveryRow = Selectable<DeliveryTable>;

/** Something to be done with an archive, once. */
export type Delivery = Pick<DeliveryRow, "incident" | "name" | "digest" | "what">;

/** Notes what is to be done. What is noted already stays as it is. */
export async function wantDeliveries(change: Change, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await change
    .insertInto("delivery")
    .values([...deliveries])
    .onConflict((conflict) => conflict.columns(["name", "what"]).doNothing())
    .execute();
}

/** What is done next with the archives of an incident. */
export async function nextDelivery(db: Queries, incident: IncidentId): Promise<DeliveryRow | undefined> {
  return db
    .selectFrom("delivery")
    .selectAll()
    .where("incident", "=", incident)
    .orderBy("not_before")
    .orderBy("name")
    .limit(1)
    .executeTakeFirst();
}

/** Something was done, or is not wanted any more. */
export async function dropDelivery(
  change: Change,
  { name, what }: Pick<Delivery, "name" | "what">,
): Promise<void> {
  await change.deleteFrom("delivery").where("name", "=", name).where("what", "=", what).execute();
}

/** Something could not be done: why, and when it is tried again. */
export async function deferDelivery(
  change: Change,
  { name, what }: Delivery,
  outcome: { readonly failures: number; readonly not_before: number; readonly trouble: string },
): Promise<void> {
  await change
    .updateTable("delivery")
    .set(outcome)
    .where("name", "=", name)
    .where("what", "=", what)
    .execute();
}

/** The archives that have yet to reach the second folder. */
export async function copiesWaiting(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("delivery")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("what", "=", "copy")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** As the index has it: with a parameter in its place it would not be used. */
const isRemovalAfterSeal = sql<boolean>`type = 'removed-after-seal'`;

/** The archived incidents of which something is still to be done: a delivery, or perhaps another revision. */
export async function unsettledArchives(db: Queries): Promise<readonly IncidentId[]> {
  const rows = await db
    .selectFrom("delivery")
    .select("incident")
    .union(db.selectFrom("entry").select("incident").where(isRemovalAfterSeal))
    .execute();
  return rows.map((row) => row.incident as IncidentId);
}
