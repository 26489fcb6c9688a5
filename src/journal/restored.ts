import { sql } from "kysely";
import type { EventId, IncidentId, RoomId } from "../incident/ids.ts";
import type { InboxRow, IncidentRow, OutboxRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";
import type { Head } from "./chain.ts";
import { waiting } from "./inbox.ts";
import { messageOf } from "./outbox.ts";
import { paged } from "./paged.ts";
import { type DueTimer, dueTimer } from "./timers.ts";

/** Whether an incident's journal has the entry that a head speaks of. */
export async function hasEntry(db: Queries, id: IncidentId, { seq, hash }: Head): Promise<boolean> {
  const row = await db
    .selectFrom("entry")
    .select("seq")
    .where("incident", "=", id)
    .where("seq", "=", seq)
    .where("hash", "=", hash)
    .executeTakeFirst();
  return row !== undefined;
}

/** A message of the bot's as the room has it. */
export interface SentMessage extends Pick<OutboxRow, "key" | "room_id" | "type" | "content"> {
  readonly eventId: EventId;
  readonly at: number;
}

/**
 * Notes that a message is in its room, whether it is known to have been sent, by whatever name, waits, or is not known
 * at all.
 */
export async function noteSent(db: Queries, { eventId, at, ...message }: SentMessage): Promise<void> {
  if ((await messageOf(db, eventId)) !== undefined) return;
  await db
    .insertInto("outbox")
    .values({ ...message, sent_at: at, event_id: eventId })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet({ sent_at: at, event_id: eventId })
        .where("outbox.event_id", "is", null)
        .where("outbox.room_id", "=", message.room_id),
    )
    .execute();
}

/** Gives the messages of a room to the incident whose room it is. */
export async function claimMessages(db: Queries, id: IncidentId, room: RoomId): Promise<void> {
  await db
    .updateTable("outbox")
    .set({ incident: id })
    .where("room_id", "=", room)
    .where("incident", "is", null)
    .where("key", "like", `${id}/%`)
    .execute();
}

/** Gives a message that has been sent another name. */
export async function renameSent(db: Queries, key: string, name: string): Promise<void> {
  await db.updateTable("outbox").set({ key: name }).where("key", "=", key).execute();
}

/** The messages among these keys that have been sent. */
export async function sentUnder(db: Queries, keys: readonly string[]): Promise<readonly OutboxRow[]> {
  return db
    .selectFrom("outbox")
    .selectAll()
    .where("key", "in", keys)
    .where("event_id", "is not", null)
    .execute();
}

/** When the last message was sent, in milliseconds since the epoch. */
export async function lastSentAt(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("outbox")
    .select((e) => e.fn.max("sent_at").as("at"))
    .executeTakeFirst();
  return row?.at ?? 0;
}

/** Every event that waits, in the order of arrival, five hundred at a time. */
export function waitingEvents(db: Queries): AsyncIterable<InboxRow> {
  return paged<InboxRow>((last) =>
    waiting(db)
      .selectAll()
      .where("room_id", "is not", null)
      .where("seq", ">", last?.seq ?? 0)
      .orderBy("seq")
      .limit(500)
      .execute(),
  );
}

/** An event that waits, `undefined` once it has been handled. */
export async function waitingEvent(db: Queries, seq: number): Promise<InboxRow | undefined> {
  return db
    .selectFrom("inbox")
    .selectAll()
    .where("seq", "=", seq)
    .where("handled_at", "is", null)
    .executeTakeFirst();
}

/** The first timer of some incidents that has come due. */
export async function firstDue(
  db: Queries,
  incidents: readonly IncidentId[],
  now: number,
): Promise<DueTimer | undefined> {
  if (incidents.length === 0) return undefined;
  const row = await db
    .selectFrom("timer")
    .selectAll()
    .where("incident", "in", incidents)
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : dueTimer(row);
}

/** The number that the next incident gets. */
export async function nextNumber(db: Queries): Promise<number> {
  const { next_incident } = await db
    .selectFrom("installation")
    .select("next_incident")
    .executeTakeFirstOrThrow();
  return next_incident;
}

/** Sees to it that no incident gets a number below this one any more. */
export async function raiseNextNumber(db: Queries, number: number): Promise<void> {
  await db
    .updateTable("installation")
    .set({ next_incident: number })
    .where("next_incident", "<", number)
    .execute();
}

/** Those of these rooms that belong to nothing of ours. */
export async function strangeAmong(db: Queries, rooms: readonly RoomId[]): Promise<ReadonlySet<RoomId>> {
  const strange = new Set(rooms);
  const { rows } = await sql<{ room: RoomId }>`
    select room_id as room from place union select room_id from roster
    union select heartbeat_room from installation union select administrators_room from installation`.execute(
    db,
  );
  for (const { room } of rows) strange.delete(room);
  for await (const { room_id: room } of roomsOfIncidents(db)) strange.delete(room as RoomId);
  return strange;
}

/** A hundred thousand of them are not to be in memory together. */
function roomsOfIncidents(db: Queries): AsyncIterable<Pick<IncidentRow, "room_id">> {
  return paged<Pick<IncidentRow, "room_id">>((last) =>
    db
      .selectFrom("incident")
      .select("room_id")
      .where("room_id", ">", last?.room_id ?? "")
      .orderBy("room_id")
      .limit(1_000)
      .execute(),
  );
}

/** Takes a room's state as it is for what is known of it: nothing of ours is on its way to it. */
export async function forgetState(change: Change, room: RoomId): Promise<void> {
  await change.deleteFrom("room_state").where("room_id", "=", room).execute();
  await change.deleteFrom("own_write").where("room_id", "=", room).execute();
}
