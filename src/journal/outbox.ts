import { sql } from "kysely";
import type { EventId } from "../incident/ids.ts";
import type { OutboxRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";

/** A message that has to reach a room, once. */
export interface Outgoing {
  /** What this message is, the same however often it is put here: `INC-0042/7/0`. */
  readonly key: string;
  readonly roomId: string;
  readonly incident?: string;
  /** The event type, `m.room.message` for most. */
  readonly type: string;
  readonly content: object;
  /** The key of the message it relates to, whose event id is put into `m.relates_to` when it is sent. */
  readonly about?: string;
}

/** Puts messages into the outbox. One that is there already stays as it is. */
export async function put(change: Change, messages: readonly Outgoing[]): Promise<void> {
  if (messages.length === 0) return;
  await change
    .insertInto("outbox")
    .values(
      messages.map((message) => ({
        key: message.key,
        room_id: message.roomId,
        incident: message.incident ?? null,
        type: message.type,
        content: JSON.stringify(message.content),
        about: message.about ?? null,
        not_before: 0,
      })),
    )
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

/** The rooms in which messages wait. */
export async function roomsToServe(db: Queries): Promise<readonly string[]> {
  const rows = await waiting(db).select("room_id").distinct().execute();
  return rows.map((row) => row.room_id);
}

/** The message that leaves next for a room, due or not. */
export async function nextForRoom(db: Queries, roomId: string): Promise<OutboxRow | undefined> {
  return waiting(db).selectAll().where("room_id", "=", roomId).orderBy("seq").limit(1).executeTakeFirst();
}

/** Whether a message gives new words to an earlier one. */
export function isEdit(row: OutboxRow): boolean {
  return row.about !== null && row.type === "m.room.message";
}

/**
 * Drops an edit where a newer one of the same message waits: only the newest is worth sending. One that was
 * sent and not answered stays, for the homeserver may have it. Only for whoever sends: it must not be leaving.
 */
export async function dropOutdated(db: Queries, { seq, about, type, failures }: OutboxRow): Promise<boolean> {
  if (failures > 0) return false;
  const newer = await waiting(db)
    .select("seq")
    .where("about", "=", about)
    .where("type", "=", type)
    .where("seq", ">", seq)
    .limit(1)
    .executeTakeFirst();
  if (newer !== undefined) await db.deleteFrom("outbox").where("seq", "=", seq).execute();
  return newer !== undefined;
}

/**
 * Notes that an edit is leaving. It counts as failed until its answer is noted: only so it is known, whatever dies in
 * between, that the homeserver may have it.
 */
export async function markLeaving(db: Queries, { seq, failures }: OutboxRow): Promise<void> {
  if (failures > 0) return;
  await db.updateTable("outbox").set({ failures: 1 }).where("seq", "=", seq).execute();
}

/** Every message that waits for a room. The homeserver may have one already, where its answer was lost. */
export async function waitingFor(db: Queries, roomId: string): Promise<readonly OutboxRow[]> {
  return waiting(db).selectAll().where("room_id", "=", roomId).execute();
}

function waiting(db: Queries) {
  return db.selectFrom("outbox").where("sent_at", "is", null).where("refused", "is", null);
}

/** The event that a message became, `undefined` while it has not been sent. */
export async function eventOf(db: Queries, key: string): Promise<EventId | undefined> {
  const row = await db.selectFrom("outbox").select("event_id").where("key", "=", key).executeTakeFirst();
  // What the homeserver gave as the id of an event was checked when it gave it.
  return (row?.event_id ?? undefined) as EventId | undefined;
}

/** What was sent under some keys, and the edits of a message since a moment. */
export async function sentAbout(
  db: Queries,
  {
    keys,
    edited,
    since,
  }: { readonly keys: readonly string[]; readonly edited: string; readonly since: number },
): Promise<readonly { readonly key: string; readonly eventId: EventId }[]> {
  const rows = await db
    .selectFrom("outbox")
    .select(["key", "event_id"])
    .where("event_id", "is not", null)
    .where((is) =>
      is.or([
        is("key", "in", keys),
        is.and([is("about", "=", edited), is("type", "=", "m.room.message"), is("sent_at", ">=", since)]),
      ]),
    )
    .execute();
  return rows.map(({ key, event_id }) => ({ key, eventId: event_id as EventId }));
}

/** The message that an event of the bot's is, `undefined` where it came from no outbox. */
export async function messageOf(db: Queries, eventId: string): Promise<OutboxRow | undefined> {
  return db.selectFrom("outbox").selectAll().where("event_id", "=", eventId).executeTakeFirst();
}

export async function markSent(db: Queries, seq: number, eventId: string, now: number): Promise<void> {
  await db.updateTable("outbox").set({ sent_at: now, event_id: eventId }).where("seq", "=", seq).execute();
}

/** Notes a refusal that will not change by asking again; the messages behind it go on. */
export async function markRefused(db: Queries, seq: number, reason: string): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ refused: reason.slice(0, 500) })
    .where("seq", "=", seq)
    .execute();
}

/** Notes a failure that may pass, and when to try again. */
export async function markDeferred(db: Queries, seq: number, notBefore: number): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ failures: sql`failures + 1`, not_before: notBefore })
    .where("seq", "=", seq)
    .execute();
}

/** Lets messages whose sending failed be tried again at once: what they waited for is over. */
export async function forgetPauses(db: Queries): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ not_before: 0 })
    .where("sent_at", "is", null)
    .where("refused", "is", null)
    .where("failures", ">", 0)
    .execute();
}

/** When the last edit of a message left, to keep edits apart. */
export async function lastEditAt(db: Queries, about: string): Promise<number> {
  const row = await db
    .selectFrom("outbox")
    .select((e) => e.fn.max("sent_at").as("at"))
    .where((e) => e.or([e("about", "=", about), e("key", "=", about)]))
    .executeTakeFirst();
  return row?.at ?? 0;
}

/** What the outbox holds: how many wait, and what the homeserver refused for good, the last twenty of them. */
export async function outboxFigures(db: Queries): Promise<{
  readonly waiting: number;
  readonly refused: readonly Pick<OutboxRow, "key" | "refused">[];
  readonly refusedInAll: number;
}> {
  const { count } = await waiting(db)
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const refused = await db
    .selectFrom("outbox")
    .select(["key", "refused"])
    .where("refused", "is not", null)
    .orderBy("seq", "desc")
    .limit(20)
    .execute();
  const { all } = await db
    .selectFrom("outbox")
    .select((e) => e.fn.countAll<number>().as("all"))
    .where("refused", "is not", null)
    .executeTakeFirstOrThrow();
  return { waiting: Number(count), refused, refusedInAll: Number(all) };
}
