import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { InboxRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";
import { paged } from "./paged.ts";

/** An event to be kept: as it came, whether it can be read or not. */
export interface Arrival {
  readonly eventId: string | undefined;
  readonly roomId: string | undefined;
  readonly json: string;
  /** Why it is no event, where it is none: it is kept aside and never handled. */
  readonly malformed?: string;
  /** Whether it comes too late to change anything: it is kept as handled. */
  readonly overtaken?: boolean;
}

/** An event that fails as often as this is set aside, so that those behind it are not held up. */
export const failuresAllowed = 3;

/** SQLite takes at most 32,766 values in one statement. */
const rowsAtOnce = 2_000;

/**
 * Keeps events, in their order, in one database transaction. An event that is known already is left as it
 * is: what comes twice is handled once.
 *
 * @returns the rooms in which something may be new
 */
export async function keep(db: Queries, arrivals: readonly Arrival[], now: number): Promise<Set<string>> {
  const rows = arrivals.map(({ eventId, roomId, json, malformed, overtaken }) => ({
    event_id: eventId ?? `malformed:${createHash("sha256").update(json).digest("hex")}`,
    room_id: malformed === undefined ? (roomId ?? null) : null,
    received_at: now,
    json,
    handled_at: overtaken === true ? now : null,
    aside: malformed ?? null,
  }));
  if (rows.length <= rowsAtOnce) {
    await insert(db, rows);
  } else {
    await db.transaction().execute(async (change) => {
      for (let i = 0; i < rows.length; i += rowsAtOnce) await insert(change, rows.slice(i, i + rowsAtOnce));
    });
  }
  return new Set(rows.flatMap((row) => (row.room_id === null ? [] : [row.room_id])));
}

type NewRow = Pick<InboxRow, "event_id" | "room_id" | "received_at" | "json" | "handled_at" | "aside">;

async function insert(db: Queries, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto("inbox")
    .values([...rows])
    .onConflict((conflict) => conflict.column("event_id").doNothing())
    .execute();
}

/** The place of the newest event that waits in a room, 0 where none does. */
export async function lastWaiting(db: Queries, roomId: string): Promise<number> {
  const row = await waiting(db)
    .select("seq")
    .where("room_id", "=", roomId)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/**
 * Has what waits in a room be handled in the order of the room's end, as it was read. Only while nobody handles any:
 * who has taken an event knows it by its place.
 *
 * @param end the events of the room's end as they follow each other, those that wait and others
 * @param before the last one that waited before the end was read: up to there, what is not in it comes first; what came
 *   since and is not in it comes last
 */
export async function putInOrder(
  db: Queries,
  roomId: string,
  end: readonly string[],
  before: number,
): Promise<void> {
  const places = new Map(end.map((id, i) => [id, i]));
  const placeOf = ({ seq, event_id }: Pick<InboxRow, "seq" | "event_id">) =>
    places.get(event_id) ?? (seq <= before ? -1 : end.length);
  await db.transaction().execute(async (change) => {
    const here = waiting(change).where("room_id", "=", roomId).orderBy("seq");
    const rows = await here.select(["seq", "event_id"]).execute();
    const ordered = rows.toSorted((a, b) => placeOf(a) - placeOf(b) || a.seq - b.seq);
    const first = rows.findIndex((row, i) => row !== ordered[i]);
    if (first === -1) return;
    for (let i = first; i < ordered.length; i += rowsAtOnce) {
      const seqs = ordered.slice(i, i + rowsAtOnce).map(({ seq }) => seq);
      const moved = await change.selectFrom("inbox").selectAll().where("seq", "in", seqs).execute();
      const bySeq = new Map(moved.map((row) => [row.seq, row]));
      await change.deleteFrom("inbox").where("seq", "in", seqs).execute();
      const again = seqs.flatMap((seq) => bySeq.get(seq) ?? []).map(({ seq: _, ...row }) => row);
      await change.insertInto("inbox").values(again).execute();
    }
  });
}

/** The events that wait to be handled. */
export function waiting(db: Queries) {
  return db.selectFrom("inbox").where("handled_at", "is", null).where("aside", "is", null);
}

/** The rooms in which events wait, those that have waited longest first. */
export async function waitingRooms(db: Queries): Promise<readonly string[]> {
  const rows = await waiting(db)
    .select(["room_id", sql<number>`min(seq)`.as("first")])
    .where("room_id", "is not", null)
    .groupBy("room_id")
    .orderBy("first")
    .execute();
  return rows.flatMap((row) => (row.room_id === null ? [] : [row.room_id]));
}

/** The event that comes next in a room. */
export async function nextInRoom(db: Queries, roomId: string): Promise<InboxRow | undefined> {
  return waiting(db).selectAll().where("room_id", "=", roomId).orderBy("seq").limit(1).executeTakeFirst();
}

/** The events that come next in a room, in their order, from one of them on. */
export async function nextFrom(
  db: Queries,
  { room_id: roomId, seq }: InboxRow,
  limit: number,
): Promise<readonly InboxRow[]> {
  return waiting(db)
    .selectAll()
    .where("room_id", "=", roomId)
    .where("seq", ">=", seq)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/**
 * Marks an event as handled. Outside the rooms of incidents its text is not kept: what people say there is
 * none of ours, and only the event id is needed so that nothing is handled twice.
 */
export async function markHandled(
  change: Change,
  seq: number,
  now: number,
  options: { readonly forget: boolean },
): Promise<void> {
  await markAllHandled(change, [seq], now, options);
}

/** The same for several events. */
export async function markAllHandled(
  change: Change,
  seqs: readonly number[],
  now: number,
  options: { readonly forget: boolean },
): Promise<void> {
  await change
    .updateTable("inbox")
    .set({ handled_at: now, ...(options.forget ? { json: "" } : {}) })
    .where("seq", "in", seqs)
    .execute();
}

/**
 * Notes that handling an event failed. After the third time it is set aside, with the reason, and the
 * next one gets its turn.
 *
 * @returns whether it was set aside
 */
export async function markFailed(db: Queries, row: InboxRow, reason: string): Promise<boolean> {
  const failures = row.failures + 1;
  const aside = failures >= failuresAllowed ? reason.slice(0, 500) : null;
  await db.updateTable("inbox").set({ failures, aside }).where("seq", "=", row.seq).execute();
  return aside !== null;
}

/** An event as it came, empty where it is not kept any more; `undefined` where it never came. */
export async function arrival(db: Queries, eventId: string): Promise<string | undefined> {
  const row = await db.selectFrom("inbox").select("json").where("event_id", "=", eventId).executeTakeFirst();
  return row?.json;
}

/** When an event came, in milliseconds since the epoch; `undefined` where it never did. */
export async function arrivedAt(db: Queries, eventId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom("inbox")
    .select("received_at")
    .where("event_id", "=", eventId)
    .executeTakeFirst();
  return row?.received_at;
}

/** Whether an event came later than another; not where either of them never came. */
export async function cameAfter(db: Queries, eventId: string, other: string): Promise<boolean> {
  const row = await db
    .selectFrom("inbox as later")
    .innerJoin("inbox as earlier", "earlier.seq", "earlier.seq")
    .select("later.seq")
    .where("later.event_id", "=", eventId)
    .where("earlier.event_id", "=", other)
    .whereRef("later.seq", ">", "earlier.seq")
    .executeTakeFirst();
  return row !== undefined;
}

/** An event of a room that names something. */
export interface Mention {
  readonly event: string;
  /** As it came. */
  readonly json: string;
}

/** The events of a room with this text somewhere in them: an event's id, in its own too, or a file's address. */
export async function mentionsOf(db: Queries, roomId: string, name: string): Promise<readonly Mention[]> {
  const like = `%${JSON.stringify(name)
    .slice(1, -1)
    .replaceAll(/[\\%_]/g, "\\$&")}%`;
  const rows = await db
    .selectFrom("inbox")
    .select(["event_id", "json"])
    .where("room_id", "=", roomId)
    .where(sql<boolean>`json like ${like} escape '\\'`)
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({ event: row.event_id, json: row.json }));
}

/** Puts something else in the place of an event as it came. */
export async function rewriteArrival(change: Change, eventId: string, json: string): Promise<void> {
  await change.updateTable("inbox").set({ json }).where("event_id", "=", eventId).execute();
}

/** Empties the text of an event that was kept until now, unless it was said in this room. */
export async function forgetText(
  change: Change,
  eventId: string,
  options: { readonly unlessIn: string | undefined },
): Promise<void> {
  await change
    .updateTable("inbox")
    .set({ json: "" })
    .where("event_id", "=", eventId)
    .where("room_id", "!=", options.unlessIn ?? "")
    .execute();
}

/** Whether an event is known already. */
export async function isKnown(db: Queries, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db.selectFrom("inbox").select("event_id").where("event_id", "in", eventIds).execute();
  return new Set(rows.map((row) => row.event_id));
}

/** What the inbox holds: how many wait, since when, and how many were set aside. */
export async function inboxFigures(
  db: Queries,
): Promise<{ readonly waiting: number; readonly oldest: number | null; readonly aside: number }> {
  const { count, oldest } = await waiting(db)
    .select([(e) => e.fn.countAll<number>().as("count"), (e) => e.fn.min("received_at").as("oldest")])
    .executeTakeFirstOrThrow();
  const aside = await db
    .selectFrom("inbox")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("aside", "is not", null)
    .executeTakeFirstOrThrow();
  return { waiting: Number(count), oldest, aside: Number(aside.count) };
}

/** The events that were set aside and why, the newest first. */
export async function asideEvents(
  db: Queries,
  limit: number,
): Promise<readonly { readonly event: string; readonly reason: string }[]> {
  const rows = await db
    .selectFrom("inbox")
    .select(["event_id", "aside"])
    .where("aside", "is not", null)
    .orderBy("seq", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ event: row.event_id, reason: row.aside ?? "" }));
}

/** The events of a room as they came, in the order of their arrival, a thousand at a time. */
export function arrivalsIn(db: Queries, roomId: string): AsyncIterable<Pick<InboxRow, "seq" | "json">> {
  return paged<Pick<InboxRow, "seq" | "json">>((last) =>
    db
      .selectFrom("inbox")
      .select(["seq", "json"])
      .where("room_id", "=", roomId)
      .where("seq", ">", last?.seq ?? 0)
      .orderBy("seq")
      .limit(1_000)
      .execute(),
  );
}

/** The texts of the first events of a room that came, in the order of arrival. */
export async function firstTexts(db: Queries, room: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("inbox")
    .select("json")
    .where("room_id", "=", room)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map(({ json }) => json);
}
