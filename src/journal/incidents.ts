import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Circumstances, Entry, Words } from "../incident/entry.ts";
import { evolve, foldVersion } from "../incident/evolve.ts";
import type { Fact } from "../incident/fact.ts";
import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Incident, State } from "../incident/incident.ts";
import type { EntryRow } from "../store/schema.ts";
import type { Change, Queries } from "../store/store.ts";
import { chain, genesis } from "./chain.ts";
import { readFold } from "./fold.ts";
import { enrol } from "./members.ts";

/** An incident as stored: its fold, and what belongs to it outside its journal. */
export interface StoredIncident {
  readonly incident: Incident;
  readonly alias: string;
  readonly cardHash: string | null;
}

/** Two writers met at the same place of a chain: nothing was written, load the incident anew. */
export class ChainMoved extends Error {
  override readonly name = "ChainMoved";
}

export async function loadIncident(db: Queries, id: IncidentId): Promise<StoredIncident | undefined> {
  return stored(await select(db).where("id", "=", id).executeTakeFirst());
}

export async function incidentOfRoom(db: Queries, room: RoomId): Promise<StoredIncident | undefined> {
  return stored(await select(db).where("room_id", "=", room).executeTakeFirst());
}

/**
 * The incident where this person is on its roster. One that does not exist and one that is not theirs are
 * the same to the database, and nothing of either is loaded: neither words nor timing tell them apart.
 */
export async function loadVisible(
  db: Queries,
  id: IncidentId,
  user: UserId,
): Promise<StoredIncident | undefined> {
  return stored(await selectTheirs(db, user).where("member.incident", "=", id).executeTakeFirst());
}

/** The same for the incident whose room it is. */
export async function visibleOfRoom(
  db: Queries,
  room: RoomId,
  user: UserId,
): Promise<StoredIncident | undefined> {
  return stored(await selectTheirs(db, user).where("incident.room_id", "=", room).executeTakeFirst());
}

function selectTheirs(db: Queries, user: UserId) {
  return select(db).innerJoin("member", "member.incident", "incident.id").where("member.user_id", "=", user);
}

/** Which incidents a list holds. */
interface Listing {
  /** Only those that are not archived. */
  readonly open: boolean;
  readonly limit: number;
}

/** Incidents, the newest first. */
export async function listIncidents(db: Queries, listing: Listing): Promise<readonly StoredIncident[]> {
  return listed(select(db), listing);
}

/** The incidents on whose roster this person is, the newest first. */
export async function incidentsOf(
  db: Queries,
  user: UserId,
  listing: Listing,
): Promise<readonly StoredIncident[]> {
  return listed(select(db).where(hasOnRoster(user)), listing);
}

/** How many incidents are open: all of them, or those on whose roster this person is. */
export async function countOpen(db: Queries, user?: UserId): Promise<number> {
  const incidents = db
    .selectFrom("incident")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where(isOpen);
  const row = await (user === undefined
    ? incidents
    : incidents.where(hasOnRoster(user))
  ).executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many incidents are in each state. */
export async function countByState(db: Queries): Promise<Readonly<Partial<Record<State, number>>>> {
  const open = await db
    .selectFrom("incident")
    .select(["state", (e) => e.fn.countAll<number>().as("count")])
    .where(isOpen)
    .groupBy("state")
    .execute();
  const { all } = await db
    .selectFrom("incident")
    .select((e) => e.fn.countAll<number>().as("all"))
    .executeTakeFirstOrThrow();
  const counts = Object.fromEntries(open.map(({ state, count }) => [state, Number(count)]));
  const archived = Object.values(counts).reduce((rest, count) => rest - count, Number(all));
  return { ...counts, archived };
}

/** Not archived. As the indexes have it: with a parameter in its place they would not be used. */
const isOpen = sql<boolean>`state <> 'archived'`;
const isUnkept = sql<boolean>`state = 'archived' and kept_seq < head_seq`;

/** Looked up incident by incident: somebody may have been in very many of them, and few are asked about. */
function hasOnRoster(user: UserId) {
  return sql<boolean>`exists (select 1 from member where member.incident = incident.id and member.user_id = ${user})`;
}

async function listed(
  incidents: ReturnType<typeof select>,
  { open, limit }: Listing,
): Promise<readonly StoredIncident[]> {
  const wanted = open ? incidents.where(isOpen) : incidents;
  const rows = await wanted.orderBy("number", "desc").limit(limit).execute();
  return rows.flatMap((row) => stored(row) ?? []);
}

/** The ids of every incident that still has work to do, oldest first. */
export async function openIncidents(db: Queries): Promise<readonly IncidentId[]> {
  const rows = await db.selectFrom("incident").select("id").where(isOpen).orderBy("number").execute();
  return rows.map((row) => row.id as IncidentId);
}

/** The ids of the archived incidents whose rooms are not known to be as they have to be, oldest first. */
export async function unkeptIncidents(db: Queries): Promise<readonly IncidentId[]> {
  const rows = await db.selectFrom("incident").select("id").where(isUnkept).orderBy("number").execute();
  return rows.map((row) => row.id as IncidentId);
}

/** Notes that the room of an archived incident is as it has to be after this entry of its journal. */
export async function noteKept(db: Queries, id: IncidentId, seq: number): Promise<void> {
  await db.updateTable("incident").set({ kept_seq: seq }).where("id", "=", id).execute();
}

/** The archived incident with the highest number below this one. */
export async function archivedBelow(
  db: Queries,
  below: number,
): Promise<{ readonly number: number; readonly incident: Incident } | undefined> {
  const row = await select(db)
    .select("number")
    .where("state", "=", "archived")
    .where("number", "<", below)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { number: row.number, incident: readFold(row) };
}

/** The ids of every incident there is, oldest first. */
export async function incidentIds(db: Queries): Promise<readonly IncidentId[]> {
  const rows = await db.selectFrom("incident").select("id").orderBy("number").execute();
  return rows.map((row) => row.id as IncidentId);
}

/** The room of the newest incident that has one. */
export async function newestRoom(db: Queries): Promise<RoomId | undefined> {
  const row = await db
    .selectFrom("incident")
    .select("room_id")
    .where("room_id", "is not", null)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return (row?.room_id ?? undefined) as RoomId | undefined;
}

interface FoldedRow {
  readonly id: string;
  readonly folded: string;
  readonly alias: string;
  readonly card_hash: string | null;
}

function select(db: Queries) {
  return db.selectFrom("incident").select(["incident.id", "folded", "alias", "card_hash"]);
}

function stored(row: FoldedRow | undefined): StoredIncident | undefined {
  if (row === undefined) return undefined;
  return { incident: readFold(row), alias: row.alias, cardHash: row.card_hash };
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

/** What was added to a journal, and the incident after it. */
export interface Appended {
  readonly incident: Incident;
  readonly entries: readonly Entry[];
}

/**
 * Adds facts of one cause to an incident's journal, and its fold beside it.
 *
 * @param before the incident as loaded; `undefined` where the facts begin it
 * @param alias the localpart of the room's alias, needed where the facts begin it
 * @throws ChainMoved where somebody else has written since `before` was loaded
 */
export async function append(
  change: Change,
  id: IncidentId,
  before: Incident | undefined,
  facts: readonly Fact[],
  circumstances: Circumstances,
  alias: string,
): Promise<Appended> {
  let head = before?.head ?? genesis;
  let incident = before;
  const entries: Entry[] = [];
  for (const fact of facts) {
    const entry = chain(id, head, fact, circumstances);
    incident = evolve(incident, entry);
    head = incident.head;
    entries.push(entry);
  }
  if (incident === undefined) throw new Error(`no fact to begin ${id} with`);
  await writeFold(change, incident, before, alias);
  await enrol(change, incident, before);
  await change.insertInto("entry").values(entries.map(toRow)).execute();
  return { incident, entries };
}

async function writeFold(
  change: Change,
  incident: Incident,
  before: Incident | undefined,
  alias: string,
): Promise<void> {
  const fold = {
    state: incident.state,
    room_id: incident.room?.id ?? null,
    folded: JSON.stringify(incident),
    fold_version: foldVersion,
    head_seq: incident.head.seq,
    head_hash: incident.head.hash,
  };
  if (before === undefined) {
    const number = Number(incident.id.slice("INC-".length));
    await change
      .insertInto("incident")
      .values({ ...fold, id: incident.id, number, alias })
      .execute();
    return;
  }
  const updated = await change
    .updateTable("incident")
    .set(fold)
    .where("id", "=", incident.id)
    .where("head_hash", "=", before.head.hash)
    .executeTakeFirst();
  if (updated.numUpdatedRows !== 1n) throw new ChainMoved(`${incident.id} has moved on`);
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

/** The journal of an incident from its first entry on, five hundred at a time. */
export async function* journalOf(db: Queries, id: IncidentId): AsyncIterable<Entry> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom("entry")
      .selectAll()
      .where("incident", "=", id)
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(500)
      .execute();
    for (const row of rows) yield fromRow(row);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** A short name for what a card shows, to see whether it has to be edited. */
export function cardHashOf(card: string): string {
  return createHash("sha256").update(card).digest("hex");
}

export async function noteCard(change: Change, id: IncidentId, hash: string): Promise<void> {
  await change.updateTable("incident").set({ card_hash: hash }).where("id", "=", id).execute();
}
