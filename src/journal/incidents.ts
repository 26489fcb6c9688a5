import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Incident, State } from "../incident/incident.ts";
import type { Change, Queries } from "../store/store.ts";
import { readFold } from "./fold.ts";

/** An incident as stored: its fold, and what belongs to it outside its journal. */
export interface StoredIncident {
  readonly incident: Incident;
  readonly alias: string;
  readonly cardHash: string | null;
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

/** A short name for what a card shows, to see whether it has to be edited. */
export function cardHashOf(card: string): string {
  return createHash("sha256").update(card).digest("hex");
}

export async function noteCard(change: Change, id: IncidentId, hash: string): Promise<void> {
  await change.updateTable("incident").set({ card_hash: hash }).where("id", "=", id).execute();
}
