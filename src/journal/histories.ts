import { sql } from "kysely";
import type { RoomId } from "../incident/ids.ts";
import type { HistoryRow } from "../store/schema.ts";
import type { Queries } from "../store/store.ts";

/** The rooms of incidents that are not archived; and the lobbies, direct chats and rosters. */
export const kinds = ["incident", "place"] as const;
export type Kind = (typeof kinds)[number];

/** What is known of a room's history. */
export interface History {
  readonly room: RoomId;
  readonly kind: Kind;
  /** Where to begin reading: some way before `reached`. `undefined` where nothing has been read yet. */
  readonly beginAt: string | undefined;
  /** Up to where nothing is missing, as the homeserver names that place. */
  readonly reached: string | undefined;
  /** Whether something may have passed unseen that is no event: the room's state is to be compared. */
  readonly doubtful: boolean;
  /** When it was to be read, in milliseconds since the epoch. */
  readonly dueAt: number;
}

/** Takes up the rooms that have come to matter, to be read at once, and drops those that do no more. */
export async function followRooms(db: Queries, now: number): Promise<void> {
  for (const kind of kinds) {
    await db
      .insertInto("history")
      .columns(["room_id", "kind", "due_at", "doubtful"])
      .expression(
        db
          .selectFrom(roomsOf(db, kind).as("room"))
          .select(["room_id", sql.lit(kind).as("kind"), sql.lit(now).as("due"), sql.lit(0).as("doubtful")])
          .where("room_id", "not in", db.selectFrom("history").select("room_id")),
      )
      .onConflict((conflict) => conflict.column("room_id").doNothing())
      .execute();
  }
  await db
    .deleteFrom("history")
    .where("room_id", "not in", roomsOf(db, "incident"))
    .where("room_id", "not in", roomsOf(db, "place"))
    .execute();
}

function roomsOf(db: Queries, kind: Kind) {
  if (kind === "place") {
    return db.selectFrom("place").select("room_id").union(db.selectFrom("roster").select("room_id"));
  }
  return (
    db
      .selectFrom("incident")
      .select(sql<string>`room_id`.as("room_id"))
      .where("room_id", "is not", null)
      // As the index has it: with a parameter in its place it would not be used.
      .where(sql<boolean>`state <> 'archived'`)
  );
}

/**
 * The room of a kind whose history is to be read next.
 *
 * @param everyMs how often each is read: one that waits longer was put off by a clock that has been set back
 */
export async function nextDue(
  db: Queries,
  kind: Kind,
  now: number,
  everyMs: number,
): Promise<History | undefined> {
  const row = await db
    .selectFrom("history")
    .selectAll()
    .where("kind", "=", kind)
    .where("refused", "is", null)
    .where((is) => is.or([is("due_at", "<=", now), is("due_at", ">", now + everyMs)]))
    .orderBy("due_at")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** What is known of a room's history, `undefined` where it is not followed. */
export async function historyOf(db: Queries, room: RoomId): Promise<History | undefined> {
  const row = await db.selectFrom("history").selectAll().where("room_id", "=", room).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

function fromRow(row: HistoryRow): History {
  return {
    room: row.room_id as RoomId,
    kind: row.kind,
    beginAt: row.begin_at ?? undefined,
    reached: row.reached ?? undefined,
    doubtful: row.doubtful === 1,
    dueAt: row.due_at,
  };
}

/** Notes how far a room's history has been read, and where to begin the next time. */
export async function noteReached(
  db: Queries,
  room: RoomId,
  { beginAt, reached }: { readonly beginAt: string; readonly reached: string },
): Promise<void> {
  await db.updateTable("history").set({ begin_at: beginAt, reached }).where("room_id", "=", room).execute();
}

/** Puts a room off that has been read, unless it has become doubtful while it was. */
export async function putOff(
  db: Queries,
  { room, dueAt }: Pick<History, "room" | "dueAt">,
  next: Pick<History, "dueAt" | "doubtful">,
): Promise<void> {
  await db
    .updateTable("history")
    .set({ due_at: next.dueAt, doubtful: next.doubtful ? 1 : 0 })
    .where("room_id", "=", room)
    .where("due_at", "=", dueAt)
    .execute();
}

/** Notes that the homeserver does not let us read a room's history: it is left alone until all are doubted. */
export async function noteRefused(db: Queries, room: RoomId, reason: string): Promise<void> {
  await db.updateTable("history").set({ refused: reason }).where("room_id", "=", room).execute();
}

/** Has the history of every room read as soon as it is its turn: something may have been lost in any of them. */
export async function doubtAll(db: Queries, now: number): Promise<void> {
  await db.updateTable("history").set({ due_at: now, doubtful: 1, refused: null }).execute();
}

/** Counts events that had to be fetched. */
export async function countFetched(db: Queries, events: number, now: number): Promise<void> {
  await db
    .updateTable("installation")
    .set((e) => ({ events_fetched: e("events_fetched", "+", events), fetched_at: now }))
    .execute();
}

/** How many events the homeserver had not brought and were fetched, ever, when last, and which rooms it keeps shut. */
export async function gapFigures(db: Queries): Promise<{
  readonly fetched: number;
  readonly lastAt: number | undefined;
  readonly refused: readonly { readonly room: string; readonly reason: string }[];
}> {
  const row = await db.selectFrom("installation").select(["events_fetched", "fetched_at"]).executeTakeFirst();
  const shut = await db
    .selectFrom("history")
    .select(["room_id", "refused"])
    .where("refused", "is not", null)
    .orderBy("room_id")
    .execute();
  return {
    fetched: row?.events_fetched ?? 0,
    lastAt: row?.fetched_at ?? undefined,
    refused: shut.map(({ room_id: room, refused }) => ({ room, reason: refused ?? "" })),
  };
}
