import type { State } from "../incident/incident.ts";
import type { Queries } from "../store/store.ts";
import { attachmentsWaiting } from "./attachments.ts";
import { gapFigures } from "./histories.ts";
import { inboxFigures } from "./inbox.ts";
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
