import type { State } from "../incident/incident.ts";
import type { Queries } from "../store/store.ts";
import { attachmentsWaiting } from "./attachments.ts";
import { gapFigures } from "./histories.ts";
import { inboxFigures, waiting } from "./inbox.ts";
import { countByState } from "./incidents.ts";
import { outboxFigures } from "./outbox.ts";
import { countDue } from "./timers.ts";

/** How much there is to do, in numbers alone: nothing of it tells what an incident is about, or who is in it. */
export interface Queues {
  readonly inbox: Awaited<ReturnType<typeof inboxFigures>>;
  readonly outbox: { readonly waiting: number; readonly refused: number };
  readonly timersDue: number;
  readonly attachmentsWaiting: number;
  /** What is still to be done with archives that are made. */
  readonly deliveriesWaiting: number;
  readonly incidents: Readonly<Partial<Record<State, number>>>;
  /** Events that the homeserver never brought and were fetched, ever. */
  readonly fetched: number;
}

/** Counts what waits. Each of these is asked of an index. */
export async function queues(db: Queries, now: number): Promise<Queues> {
  const { waiting, refusedInAll } = await outboxFigures(db);
  const deliveries = await db
    .selectFrom("delivery")
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return {
    inbox: await inboxFigures(db),
    outbox: { waiting, refused: refusedInAll },
    timersDue: await countDue(db, now),
    attachmentsWaiting: await attachmentsWaiting(db),
    deliveriesWaiting: Number(deliveries.count),
    incidents: await countByState(db),
    fetched: (await gapFigures(db)).fetched,
  };
}

/** Rooms in which something has waited since before a moment, those that have waited longest first. */
export async function lateRooms(db: Queries, before: number, limit: number): Promise<readonly LateRoom[]> {
  const rows = await waiting(db)
    .select((e) => [
      e.ref("room_id").as("room"),
      e.fn.countAll<number>().as("events"),
      e.fn.min("received_at").as("oldest"),
      e.fn.max("failures").as("failures"),
    ])
    .where("room_id", "is not", null)
    .groupBy("room_id")
    .having((e) => e(e.fn.min("received_at"), "<", before))
    .orderBy("oldest")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, room: row.room ?? "", events: Number(row.events) }));
}

/** A room that waits: how many events, since when, and how often one of them could not be handled. */
export interface LateRoom {
  readonly room: string;
  readonly events: number;
  readonly oldest: number;
  readonly failures: number;
}

/** Rooms in which messages wait that could not be sent: how many, how often it was tried, and when it is again. */
export async function failingRooms(
  db: Queries,
  limit: number,
): Promise<readonly { room: string; messages: number; failures: number; next: number }[]> {
  const rows = await db
    .selectFrom("outbox")
    .select((e) => [
      e.ref("room_id").as("room"),
      e.fn.countAll<number>().as("messages"),
      e.fn.max("failures").as("failures"),
      e.fn.max("not_before").as("next"),
    ])
    .where("sent_at", "is", null)
    .where("refused", "is", null)
    .groupBy("room_id")
    // An edit that is just leaving counts as failed until its answer is there; it is not put off.
    .having((e) => e(e.fn.max("not_before"), ">", 0))
    .orderBy("room_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, messages: Number(row.messages) }));
}
