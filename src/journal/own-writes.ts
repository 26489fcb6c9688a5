import type { RoomId } from "../incident/ids.ts";
import type { OwnWriteRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";

/** A piece of state that the service writes into a room. */
export interface StateWrite {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Notes a write before it leaves. The homeserver brings it back as an event of the bot: what the bot sent
 * and is not noted here, somebody else wrote in its name.
 *
 * @returns its number, for {@link confirmWrite}
 */
export async function noteWrite(db: Queries, room: RoomId, write: StateWrite): Promise<number> {
  const row = await db
    .insertInto("own_write")
    .values({
      room_id: room,
      type: write.type,
      state_key: write.stateKey,
      content: JSON.stringify(write.content),
    })
    .returning("seq")
    .executeTakeFirstOrThrow();
  return row.seq;
}

/**
 * Notes which event a write became. Where that event has been handled already, nothing more will come of it:
 * the homeserver makes no second event of what is already so.
 */
export async function confirmWrite(db: Queries, seq: number, event: string): Promise<void> {
  await db.transaction().execute(async (change) => {
    const handled = await change
      .selectFrom("inbox")
      .select("seq")
      .where("event_id", "=", event)
      .where("handled_at", "is not", null)
      .executeTakeFirst();
    if (handled !== undefined) return dropWrite(change, seq);
    await change.updateTable("own_write").set({ event_id: event }).where("seq", "=", seq).execute();
  });
}

/** What was written to one piece of state and has not come back yet, oldest first. */
export async function writesUnderWay(
  db: Queries,
  room: RoomId,
  type: string,
  stateKey: string,
): Promise<readonly OwnWriteRow[]> {
  return db
    .selectFrom("own_write")
    .selectAll()
    .where("room_id", "=", room)
    .where("type", "=", type)
    .where("state_key", "=", stateKey)
    .orderBy("seq")
    .execute();
}

/** Forgets a write: it has come back. */
export async function dropWrite(change: Change, seq: number): Promise<void> {
  await change.deleteFrom("own_write").where("seq", "=", seq).execute();
}
