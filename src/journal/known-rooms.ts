import type { RoomId, UserId } from "../incident/ids.ts";
import type { Queries } from "../store/store.ts";

/** One piece of a room's state as last heard of. */
export interface KnownState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly sender: string;
}

/** A room, no incident's, in which people may type commands. */
export interface Place {
  readonly kind: "direct" | "lobby";
  /** The person a direct chat is with. */
  readonly user?: UserId;
}

/** Remembers a piece of state: written by us and taken by the homeserver, or brought by it. */
export async function noteState(db: Queries, room: RoomId, state: KnownState): Promise<void> {
  const content = JSON.stringify(state.content);
  await db
    .insertInto("room_state")
    .values({ room_id: room, type: state.type, state_key: state.stateKey, content, sender: state.sender })
    .onConflict((conflict) =>
      conflict.columns(["room_id", "type", "state_key"]).doUpdateSet({ content, sender: state.sender }),
    )
    .execute();
}

/** Everything known of a room's state. */
export async function knownState(db: Queries, room: RoomId): Promise<readonly KnownState[]> {
  const rows = await db.selectFrom("room_state").selectAll().where("room_id", "=", room).execute();
  return rows.map((row) => ({
    type: row.type,
    stateKey: row.state_key,
    content: JSON.parse(row.content),
    sender: row.sender,
  }));
}

export async function findPlace(db: Queries, room: RoomId): Promise<Place | undefined> {
  const row = await db.selectFrom("place").selectAll().where("room_id", "=", room).executeTakeFirst();
  if (row === undefined) return undefined;
  return { kind: row.kind, ...(row.user_id === null ? {} : { user: row.user_id as UserId }) };
}

/** @param since when the bot came in, in milliseconds since the epoch */
export async function notePlace(db: Queries, room: RoomId, place: Place, since: number): Promise<void> {
  const values = { kind: place.kind, user_id: place.user ?? null, since };
  await db
    .insertInto("place")
    .values({ room_id: room, ...values })
    .onConflict((conflict) => conflict.column("room_id").doUpdateSet(values))
    .execute();
}

export async function forgetPlace(db: Queries, room: RoomId): Promise<void> {
  await db.deleteFrom("place").where("room_id", "=", room).execute();
}

/** Forgets every lobby but these. */
export async function keepLobbies(db: Queries, rooms: readonly RoomId[]): Promise<void> {
  let others = db.deleteFrom("place").where("kind", "=", "lobby");
  if (rooms.length > 0) others = others.where("room_id", "not in", rooms);
  await others.execute();
}

/** The direct chats with a person, the newest first. */
export async function directChatsWith(db: Queries, user: UserId): Promise<readonly RoomId[]> {
  const rows = await db
    .selectFrom("place")
    .select("room_id")
    .where("kind", "=", "direct")
    .where("user_id", "=", user)
    .orderBy("since", "desc")
    .orderBy("room_id")
    .execute();
  return rows.map((row) => row.room_id as RoomId);
}
