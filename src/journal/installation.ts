import { createHmac, randomBytes } from "node:crypto";
import { type IncidentId, incidentId, type RoomId } from "../incident/ids.ts";
import type { Change, Queries } from "../store/store.ts";

/** What makes this installation itself, kept in its database. */
export interface Installation {
  /** Secret: aliases are derived from it. */
  readonly aliasKey: Buffer;
  /** When it was first started, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly heartbeatRoom: RoomId | undefined;
}

/** This installation, made at its first start. */
export async function installation(db: Queries, now: number): Promise<Installation> {
  await db
    .insertInto("installation")
    .values({
      id: 1,
      alias_key: randomBytes(32).toString("hex"),
      next_incident: 1,
      created_at: now,
      heartbeats: 0,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const row = await db.selectFrom("installation").selectAll().where("id", "=", 1).executeTakeFirstOrThrow();
  return {
    aliasKey: Buffer.from(row.alias_key, "hex"),
    createdAt: row.created_at,
    heartbeatRoom: (row.heartbeat_room ?? undefined) as RoomId | undefined,
  };
}

/** The secret of this installation, `undefined` before its first start. Only reads. */
export async function secretOf(db: Queries): Promise<Buffer | undefined> {
  const row = await db.selectFrom("installation").select("alias_key").executeTakeFirst();
  return row && Buffer.from(row.alias_key, "hex");
}

/** The room the heartbeats go to, `undefined` before the first. Only reads. */
export async function heartbeatRoomOf(db: Queries): Promise<RoomId | undefined> {
  const row = await db.selectFrom("installation").select("heartbeat_room").executeTakeFirst();
  return (row?.heartbeat_room ?? undefined) as RoomId | undefined;
}

/** The room in which the administrators are told things, while there is one and the bot is in it. */
export async function administratorsRoom(db: Queries): Promise<RoomId | undefined> {
  const row = await db.selectFrom("installation").select("administrators_room").executeTakeFirst();
  return (row?.administrators_room ?? undefined) as RoomId | undefined;
}

export async function noteAdministratorsRoom(db: Queries, room: RoomId | undefined): Promise<void> {
  await db
    .updateTable("installation")
    .set({ administrators_room: room ?? null })
    .where("id", "=", 1)
    .execute();
}

/** Takes the next incident number. Given back where the transaction is. */
export async function nextIncidentId(change: Change): Promise<IncidentId> {
  const row = await change
    .updateTable("installation")
    .set((e) => ({ next_incident: e("next_incident", "+", 1) }))
    .where("id", "=", 1)
    .returning("next_incident")
    .executeTakeFirstOrThrow();
  return incidentId(row.next_incident - 1);
}

/** Takes the number of the next heartbeat, and notes the room it is sent to. */
export async function nextHeartbeat(db: Queries, room: RoomId): Promise<number> {
  const row = await db
    .updateTable("installation")
    .set((e) => ({ heartbeats: e("heartbeats", "+", 1), heartbeat_room: room }))
    .where("id", "=", 1)
    .returning("heartbeats")
    .executeTakeFirstOrThrow();
  return row.heartbeats;
}

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The localpart of the alias of something of ours: the same every time for us, which makes creating its
 * room idempotent, and not to be guessed by others, who may ask the homeserver for any alias.
 * Twenty characters of base32 of an HMAC-SHA256: 100 bits.
 */
export function aliasOf(aliasKey: Buffer, name: string): string {
  const digest = createHmac("sha256", aliasKey).update(name).digest();
  const bits = [...digest.subarray(0, 13)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = Array.from(
    { length: 20 },
    (_, i) => base32[Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)],
  );
  return `inc-${letters.join("")}`;
}
