import type { RoomId, UserId } from "../incident/ids.ts";
import type { Queries } from "../store/store.ts";

/** A room whose members are eligible for roles, as last heard of. */
export interface KnownRoster {
  /** As the configuration names the room: its id or an alias. */
  readonly name: string;
  readonly room: RoomId;
  /** Who is joined in it. */
  readonly members: ReadonlySet<UserId>;
}

/** SQLite takes at most 32,766 values in one statement. */
const rowsAtOnce = 2_000;

export async function knownRosters(db: Queries): Promise<readonly KnownRoster[]> {
  const rows = await db.selectFrom("roster").selectAll().execute();
  const rosters: KnownRoster[] = [];
  for (const { name, room_id } of rows) {
    const room = room_id as RoomId;
    rosters.push({ name, room, members: await membersOf(db, room) });
  }
  return rosters;
}

async function membersOf(db: Queries, room: RoomId): Promise<ReadonlySet<UserId>> {
  const rows = await db
    .selectFrom("room_state")
    .select("state_key")
    .where("room_id", "=", room)
    .where("type", "=", "m.room.member")
    .execute();
  return new Set(rows.map((row) => row.state_key as UserId));
}

/** Notes a roster and everyone in it. Of its members nothing is kept but that they are. */
export async function noteRoster(db: Queries, { name, room, members }: KnownRoster): Promise<void> {
  await db.transaction().execute(async (change) => {
    await change
      .insertInto("roster")
      .values({ name, room_id: room })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ room_id: room }))
      .execute();
    await change
      .deleteFrom("room_state")
      .where("room_id", "=", room)
      .where("type", "=", "m.room.member")
      .execute();
    const rows = [...members].map((user) => memberRow(room, user));
    for (let i = 0; i < rows.length; i += rowsAtOnce) {
      await change
        .insertInto("room_state")
        .values(rows.slice(i, i + rowsAtOnce))
        .execute();
    }
  });
}

/** Notes that somebody came into a roster room. */
export async function noteRosterMember(db: Queries, room: RoomId, user: UserId): Promise<void> {
  await db
    .insertInto("room_state")
    .values(memberRow(room, user))
    .onConflict((conflict) => conflict.columns(["room_id", "type", "state_key"]).doNothing())
    .execute();
}

/** Notes that somebody is in a roster room no more. */
export async function dropRosterMember(db: Queries, room: RoomId, user: UserId): Promise<void> {
  await db
    .deleteFrom("room_state")
    .where("room_id", "=", room)
    .where("type", "=", "m.room.member")
    .where("state_key", "=", user)
    .execute();
}

/** Forgets a roster, and who is in its room where that is no other's. */
export async function forgetRoster(db: Queries, name: string): Promise<void> {
  await db.transaction().execute(async (change) => {
    const gone = await change
      .deleteFrom("roster")
      .where("name", "=", name)
      .returning("room_id")
      .executeTakeFirst();
    if (gone === undefined) return;
    await change
      .deleteFrom("room_state")
      .where("room_id", "=", gone.room_id)
      .where("type", "=", "m.room.member")
      .where("room_id", "not in", change.selectFrom("roster").select("room_id"))
      .execute();
  });
}

function memberRow(room: RoomId, user: UserId) {
  const content = JSON.stringify({ membership: "join" });
  return { room_id: room, type: "m.room.member", state_key: user, content, sender: user };
}
