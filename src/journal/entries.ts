import type { Entry, Words } from "../incident/entry.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { EntryRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";
import { paged } from "./paged.ts";

/** The journal of an incident from its first entry on, five hundred at a time. */
export async function* journalOf(db: Queries, id: IncidentId): AsyncIterable<Entry> {
  const rows = paged<EntryRow>((last) =>
    db
      .selectFrom("entry")
      .selectAll()
      .where("incident", "=", id)
      .where("seq", ">", last?.seq ?? 0)
      .orderBy("seq")
      .limit(500)
      .execute(),
  );
  for await (const row of rows) yield fromRow(row);
}

/** Whether this cause has had its effect on the incident already. */
export async function hasActed(db: Queries, id: IncidentId, cause: string): Promise<boolean> {
  const row = await db
    .selectFrom("entry")
    .select("seq")
    .where("incident", "=", id)
    .where("cause", "=", cause)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The entry of a kind that an event brought about, in an incident. */
export async function entryCausedBy<T extends Entry["type"]>(
  db: Queries,
  id: IncidentId,
  type: T,
  cause: string,
): Promise<Extract<Entry, { readonly type: T }> | undefined> {
  const row = await db
    .selectFrom("entry")
    .selectAll()
    .where("incident", "=", id)
    .where("cause", "=", cause)
    .where("type", "=", type)
    .executeTakeFirst();
  return row === undefined ? undefined : (fromRow(row) as Extract<Entry, { readonly type: T }>);
}

/** Writes what one cause has brought about, in its order. */
export async function writeEntries(change: Change, entries: readonly Entry[]): Promise<void> {
  await change.insertInto("entry").values(entries.map(toRow)).execute();
}

function toRow(entry: Entry, part: number): EntryRow {
  return {
    incident: entry.incident,
    seq: entry.seq,
    type: entry.type,
    data: JSON.stringify(entry.data),
    actor: entry.actor,
    actor_roles: JSON.stringify(entry.actorRoles),
    event_at: entry.eventAt,
    recorded_at: entry.recordedAt,
    cause: entry.cause,
    part,
    prev_hash: entry.prevHash,
    hash: entry.hash,
    salt: entry.words?.salt ?? null,
    digests: entry.words === undefined ? null : JSON.stringify(entry.words.digests),
  };
}

function salted(salt: string | null): Pick<Words, "salt"> {
  return salt === null ? {} : { salt };
}

/** An entry as it was written. Its hash tells whether anybody has touched the row since. */
function fromRow(row: EntryRow): Entry {
  return {
    type: row.type,
    data: JSON.parse(row.data),
    actor: row.actor,
    actorRoles: JSON.parse(row.actor_roles),
    eventAt: row.event_at,
    recordedAt: row.recorded_at,
    cause: row.cause,
    incident: row.incident,
    seq: row.seq,
    ...(row.digests === null ? {} : { words: { ...salted(row.salt), digests: JSON.parse(row.digests) } }),
    prevHash: row.prev_hash,
    hash: row.hash,
  } as Entry;
}
