import type { IncidentId } from "../incident/ids.ts";
import type { Observation } from "../incident/intent.ts";
import type { Timer } from "../incident/timers.ts";
import type { TimerRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";

/** A moment that has come. */
export interface DueTimer extends Timer {
  readonly incident: IncidentId;
}

/** Makes an incident's timers the given ones: adds what is missing, removes what has lost its reason. */
export async function setTimers(
  change: Change,
  incident: IncidentId,
  timers: readonly Timer[],
): Promise<void> {
  const keys = timers.map((timer) => timer.key);
  let outdated = change.deleteFrom("timer").where("incident", "=", incident);
  if (keys.length > 0) outdated = outdated.where("key", "not in", keys);
  await outdated.execute();
  if (timers.length === 0) return;
  await change
    .insertInto("timer")
    .values(
      timers.map(({ key, dueAt, brings }) => ({
        incident,
        key,
        due_at: dueAt,
        brings: JSON.stringify(brings),
      })),
    )
    .onConflict((conflict) => conflict.columns(["incident", "key"]).doNothing())
    .execute();
}

/** Whether an incident has these timers and no others. When they are due is not compared: that may have been moved. */
export async function hasTimers(
  db: Queries,
  incident: IncidentId,
  timers: readonly Timer[],
): Promise<boolean> {
  const rows = await db.selectFrom("timer").select("key").where("incident", "=", incident).execute();
  const keys = new Set(rows.map(({ key }) => key));
  return keys.size === timers.length && timers.every(({ key }) => keys.has(key));
}

/** The timers that are due, the oldest first. */
export async function dueTimers(db: Queries, now: number, limit: number): Promise<readonly DueTimer[]> {
  const rows = await db
    .selectFrom("timer")
    .selectAll()
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .limit(limit)
    .execute();
  return rows.map(dueTimer);
}

/** The timer that a row stands for. */
export function dueTimer(row: TimerRow): DueTimer {
  return {
    incident: row.incident as IncidentId,
    key: row.key,
    dueAt: row.due_at,
    brings: JSON.parse(row.brings) as Observation,
  };
}

/** How many timers are due. */
export async function countDue(db: Queries, now: number): Promise<number> {
  const row = await db
    .selectFrom("timer")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("due_at", "<=", now)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Removes a timer whose moment has come and meant nothing any more. */
export async function dropTimer(change: Change, incident: IncidentId, key: string): Promise<void> {
  await change.deleteFrom("timer").where("incident", "=", incident).where("key", "=", key).execute();
}

/** Moves what is waited for, except for tasks: people name the hour of those. */
export async function moveTimers(db: Queries, byMs: number): Promise<void> {
  await db
    .updateTable("timer")
    .set((e) => ({ due_at: e("due_at", "+", byMs) }))
    .where("key", "not like", "tasks/%")
    .execute();
}

/** When the next timer is due, `undefined` where there is none. */
export async function nextDue(db: Queries): Promise<number | undefined> {
  const row = await db
    .selectFrom("timer")
    .select((e) => e.fn.min("due_at").as("at"))
    .executeTakeFirst();
  return row?.at ?? undefined;
}
