import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { linesOfFile } from "../../src/archive/files/lines.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import type { Person } from "../../src/demo/person.ts";
import type { Entry } from "../../src/incident/entry.ts";
import type { IncidentId } from "../../src/incident/ids.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { incidentIds, loadIncident, type StoredIncident } from "../../src/journal/incidents.ts";
import { isObject, object, text } from "../../src/matrix/event.ts";
import { type EventId, isEventId, type RoomId } from "../../src/matrix/ids.ts";
import { difference } from "../../src/room/difference.ts";
import { checkJournal } from "../../src/service/checkup/journal.ts";
import { planFor } from "../../src/service/room-watch.ts";
import { rulesOf } from "../../src/service/rules.ts";
import { loadSigningKey } from "../../src/service/signing-key.ts";
import { openForReading, type Queries } from "../../src/store/store.ts";
import { isEdit, wholeRoom } from "../support/incident-room.ts";
import type { Deed } from "./people.ts";
import type { Stage } from "./stage.ts";

/** What became of a storm. Each finding is a sentence about one thing that is not as it has to be. */
export interface Judgement {
  /** What the homeserver had taken, and that had no effect. */
  readonly lost: readonly string[];
  /** What had an effect, or was said, more than once. */
  readonly doubled: readonly string[];
  /** Anything else: a chain that is not whole, a room that is not as planned, an archive that proves nothing. */
  readonly wrong: readonly string[];
  readonly archivesProven: number;
}

/** An incident as journal, database and homeserver have it. */
interface Seen extends StoredIncident {
  readonly id: IncidentId;
  readonly entries: readonly Entry[];
  readonly room: RoomId | undefined;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Compares what people sent and the homeserver took with everything that came of it. Knows the program's
 * journal, its rooms and its archives, and nothing of how it came to them.
 */
export async function judge(stage: Stage, witness: Person, deeds: readonly Deed[]): Promise<Judgement> {
  const store = await openForReading(stage.config.database);
  try {
    const found = { lost: [] as string[], doubled: [] as string[], wrong: [] as string[] };
    const seen = await lookAt(store.db, witness, found);
    await judgeDeeds(store.db, deeds, seen, found);
    await judgeRooms(stage, store.db, seen, found);
    const journal = await checkJournal(store.db);
    if (journal.verdict !== "ok") found.wrong.push(`${journal.says} ${journal.cure.join(" ")}`);
    const archivesProven = await judgeArchives(stage, seen, deeds, found);
    return { ...found, archivesProven };
  } finally {
    await store.close();
  }
}

type Found = { readonly [kind in "lost" | "doubled" | "wrong"]: string[] };

async function lookAt(db: Queries, witness: Person, found: Found): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const id of await incidentIds(db)) {
    const stored = await loadIncident(db, id);
    if (stored === undefined) throw new Error(`${id} is there and is not`);
    const room = stored.incident.room?.id;
    seen.push({
      ...stored,
      id,
      entries: await Array.fromAsync(journalOf(db, id)),
      room,
      events: room === undefined ? [] : await eventsSeenBy(witness, room, found),
    });
  }
  return seen;
}

/** What somebody who is invited everywhere sees of a room. */
async function eventsSeenBy(witness: Person, room: RoomId, found: Found): Promise<Seen["events"]> {
  return wholeRoom(witness, room).catch((error: unknown) => {
    if (!(error instanceof HomeserverRefusal)) throw error;
    found.wrong.push(`${witness.userId} sees nothing of ${room}: ${error.message}`);
    return [];
  });
}

async function judgeDeeds(db: Queries, deeds: readonly Deed[], seen: readonly Seen[], found: Found) {
  for (const deed of deeds) {
    const name = `${deed.kind} ${deed.event} "${deed.text}"`;
    const times = await effectsOf(db, deed, seen);
    if (times === 0) found.lost.push(name);
    if (times > 1) found.doubled.push(`${name}: ${times} times`);
  }
}

/** How often something that was said had its effect; talk has its own in the archive. */
async function effectsOf(db: Queries, deed: Deed, seen: readonly Seen[]): Promise<number> {
  switch (deed.kind) {
    case "talk":
      return 1;
    case "opening":
      return seen.filter(({ incident }) => incident.title === deed.text).length;
    case "record": {
      const entries = seen.flatMap((each) => each.entries);
      const told = entries.filter((entry) => entry.type === "recorded" && entry.data.text === deed.text);
      // What came too early or too late was answered in words.
      return told.length === 0 ? answersTo(db, deed.event) : told.length;
    }
    case "command":
      return Math.min(1, (await answersTo(db, deed.event)) + causedBy(deed.event, seen));
  }
}

async function answersTo(db: Queries, event: EventId): Promise<number> {
  const rows = await db
    .selectFrom("outbox")
    .select("key")
    .where("key", "in", [`${event}/answer`, `${event}/✅`])
    .where("event_id", "is not", null)
    .execute();
  return rows.length;
}

function causedBy(event: EventId, seen: readonly Seen[]): number {
  return seen.flatMap((each) => each.entries).filter((entry) => entry.cause === event).length;
}

async function judgeRooms(stage: Stage, db: Queries, seen: readonly Seen[], found: Found): Promise<void> {
  const said = await db
    .selectFrom("outbox")
    .select(["event_id", "key", "refused"])
    .where((is) => is.or([is("event_id", "is not", null), is("refused", "is not", null)]))
    .execute();
  const known = new Set(said.flatMap((row) => row.event_id ?? []));
  for (const { key, refused } of said) {
    // An edit of something that has been replaced since is no loss.
    if (refused !== null) found.wrong.push(`${key} was refused: ${refused}`);
  }
  for (const { id, events } of seen) {
    const own = events.filter((event) => event.sender === stage.bot && event.state_key === undefined);
    for (const event of own) {
      if (isEventId(event.event_id) && !known.has(event.event_id)) {
        found.doubled.push(`${id}: ${event.event_id} ${JSON.stringify(event.content).slice(0, 200)}`);
      }
    }
    for (const [words, count] of repeated(own)) found.doubled.push(`${id}: said ${count} times: ${words}`);
  }
  await judgePlans(stage, db, seen, found);
  await judgeCount(stage, seen, found);
}

/** ✅ twice under the same message, or an announcement of the same entry twice. */
function repeated(own: Seen["events"]): [string, number][] {
  const counts = new Map<string, number>();
  for (const event of own) {
    const isMark = event.type === "m.reaction";
    const witnessed = object(object(event, "content"), "org.cordon.journal");
    if (!isMark && (witnessed === undefined || isEdit(event))) continue;
    const words = JSON.stringify([event.type, event.content]);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1);
}

async function judgePlans(stage: Stage, db: Queries, seen: readonly Seen[], found: Found): Promise<void> {
  const { config, bot } = stage;
  const rules = rulesOf(config, bot);
  const signingKey = loadSigningKey(config.archive.signingKey);
  for (const { id, room, ...stored } of seen) {
    if (room === undefined) continue;
    const plan = await planFor({ db, rules, bot, signingKey }, stored);
    const actual = await stateOf(stage, room);
    const due = plan === undefined ? undefined : difference(plan, actual);
    const isAsPlanned = isDeepStrictEqual(due, {
      write: [],
      redact: [],
      invite: [],
      unban: new Set(),
      remove: [],
    });
    if (!isAsPlanned) found.wrong.push(`${id}: the room is not as planned: ${JSON.stringify(due)}`);
  }
}

async function stateOf(stage: Stage, room: RoomId) {
  const events = await stage.asBot("GET", `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state`);
  if (!Array.isArray(events)) throw new Error(`${room} has no state`);
  return events.filter(isObject).map((event) => ({
    type: text(event, "type") ?? "",
    stateKey: text(event, "state_key") ?? "",
    content: object(event, "content") ?? {},
    sender: stage.bot,
  }));
}

/** One room for every incident, and no other. */
async function judgeCount(stage: Stage, seen: readonly Seen[], found: Found): Promise<void> {
  const answer = await stage.asBot("GET", "/_matrix/client/v3/joined_rooms");
  const joined = isObject(answer) && Array.isArray(answer.joined_rooms) ? answer.joined_rooms : [];
  const known = new Set<unknown>(seen.map(({ room }) => room));
  for (const room of joined) {
    if (known.has(room)) continue;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(String(room))}/state/m.room.name/`;
    const name = text(await stage.asBot("GET", path).catch(() => ({})), "name");
    if (name?.startsWith("INC-") === true) found.doubled.push(`a room that nobody knows: ${room} ${name}`);
  }
  for (const { id, room } of seen) if (room === undefined) found.lost.push(`${id} has no room`);
}

async function judgeArchives(stage: Stage, seen: readonly Seen[], deeds: readonly Deed[], found: Found) {
  let proven = 0;
  const names = await readdir(stage.config.archive.folder).catch(() => []);
  for (const { id, room, incident } of seen) {
    const name = names.find((each) => each.startsWith(`${id}--`) && !each.endsWith(".zip"));
    if (incident.state !== "archived" || name === undefined) {
      found.lost.push(`${id} is ${incident.state} and has ${name ?? "no archive"}`);
      continue;
    }
    for (const path of [name, `${name}.zip`]) {
      const verdict = await verifyArchive(join(stage.config.archive.folder, path));
      const isProven = verdict.ok && verdict.verdict === "proven";
      if (!isProven) found.wrong.push(`${path} is ${verdict.verdict}: ${JSON.stringify(verdict.levels)}`);
      else if (path === name) proven += 1;
    }
    const archived = await eventsIn(join(stage.config.archive.folder, name));
    for (const deed of deeds) {
      if (deed.room === room && !archived.has(deed.event))
        found.lost.push(`${id}: ${deed.text} is not in its archive`);
    }
  }
  return proven;
}

async function eventsIn(folder: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const name of await readdir(join(folder, "data", "events"))) {
    if (!name.startsWith("pdu-")) continue;
    for await (const line of linesOfFile(join(folder, "data", "events", name))) {
      const id = text(JSON.parse(line), "event_id");
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}
