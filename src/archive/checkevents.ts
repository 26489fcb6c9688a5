import { canonicalJson, NotCanonical } from "../proof/canonical.ts";
import { checkPdu, type ProvenPdu, parents, redactionTarget } from "../proof/pdu.ts";
import { isJson, type Json } from "../proof/redaction.ts";
import { type RoomRules, roomRules } from "../proof/roomversion.ts";
import { type ArchiveFiles, readSmall, Unreadable } from "./archivefiles.ts";
import { EventGraph } from "./graph.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, type Problem, pass } from "./level.ts";
import { linesOf, NotLines } from "./lines.ts";
import type { ReadManifest } from "./manifest.ts";
import { readRecorded } from "./pdulog.ts";

type Id = `$${string}`;

/** The head of the journal as a message of the service gave it: the room is a witness to it. */
export interface Witness {
  readonly seq: number;
  readonly hash: string;
  readonly event: Id;
  readonly file: string;
  readonly line: number;
}

/** What the events themselves say. */
export interface CheckedEvents {
  /** L3, as far as hashes go. */
  readonly ids: LevelResult;
  /** L4. */
  readonly graph: LevelResult;
  readonly witnesses: readonly Witness[];
}

const folder = "data/events/";
const part = "ids and contents";

/** L3 and L4: every event is what its id says, none is missing, and the seal commits to all. */
export async function checkEvents(
  files: ArchiveFiles,
  manifest: ReadManifest,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<CheckedEvents> {
  const reader = new EventReader(manifest);
  try {
    for (const file of eventFiles(files)) {
      let line = 0;
      for await (const text of linesOf(files.open(file))) {
        signal?.throwIfAborted();
        line += 1;
        reader.take(text, file, line);
        report(reader.count, manifest.events);
      }
    }
    reader.checkCount();
    await reader.checkRedacted(files);
  } catch (problem) {
    // A graph of events that do not hold says nothing.
    const graph = notChecked("L4", "graph", "the events do not hold");
    return { ids: fail("L3", part, problemOf(problem)), graph, witnesses: [] };
  }
  const { graph, count, redacted } = reader;
  const words = `${count} events, ${redacted.size} of them redacted`;
  return {
    ids: pass("L3", part, words),
    graph: await checkGraph(files, graph, manifest),
    witnesses: reader.witnesses,
  };
}

class EventReader {
  readonly graph = new EventGraph();
  readonly redacted = new Map<Id, { readonly file: string; readonly line: number }>();
  readonly witnesses: Witness[] = [];
  readonly #manifest: ReadManifest;
  readonly #rules: RoomRules;
  readonly #targets = new Set<Id>();
  #creator: unknown;

  constructor(manifest: ReadManifest) {
    this.#manifest = manifest;
    this.#rules = roomRules(manifest.roomVersion);
  }

  get count(): number {
    return this.graph.size;
  }

  take(text: string, file: string, line: number): void {
    const here = (reason: string) => new DoesNotHold({ file, line, reason });
    const recorded = readRecorded(text);
    if (recorded === undefined) throw here("it is not an event with its id");
    const event = this.#check(recorded.id, recorded.pdu, here);
    if (canonicalJson({ event_id: event.id, pdu: event.pdu }) !== text) {
      throw here("it is written in another way than an archive writes it");
    }
    if (this.graph.placeOf(event.id) !== undefined) throw here(`${event.id} is there twice`);
    this.#checkRoom(event, here);
    this.graph.add(event.id, parents(event.pdu, "prev_events"), parents(event.pdu, "auth_events"));
    if (event.content === "redacted") this.redacted.set(event.id, { file, line });
    const target = redactionTarget(event.pdu, this.#rules);
    if (target !== undefined) this.#targets.add(target);
    this.#hear(event, file, line);
  }

  checkCount(): void {
    if (this.count === this.#manifest.events) return;
    throw new DoesNotHold({
      file: "manifest.json",
      reason: `it counts ${this.#manifest.events} events, and there are ${this.count}`,
    });
  }

  /** An event may have lost its content only by a redaction that the room knows of. */
  async checkRedacted(files: ArchiveFiles): Promise<void> {
    const listed = await this.#listedRedactions(files);
    const named = await namedGaps(files);
    for (const [id, { file, line }] of this.redacted) {
      const isExplained = this.#targets.has(id) || listed.has(id) || named.has(id);
      if (!isExplained)
        throw new DoesNotHold({
          file,
          line,
          reason: `the content of ${id} is gone and no redaction is there`,
        });
    }
  }

  /** What `redactions.ndjson` adds: edits of redacted messages, and redactions after the seal with their proof. */
  async #listedRedactions(files: ArchiveFiles): Promise<ReadonlySet<Id>> {
    const file = "data/redactions.ndjson";
    const listed = new Set<Id>();
    if (!files.paths.has(file)) return listed;
    for await (const text of linesOf(files.open(file))) {
      const value: unknown = parse(text);
      if (!isJson(value) || !isId(value.target)) continue;
      const isEdit = value.because === "edit-of-redacted" && isId(value.of) && this.redacted.has(value.of);
      if (isEdit || this.#isLaterRedaction(value, value.target)) listed.add(value.target);
    }
    return listed;
  }

  #isLaterRedaction({ redaction, pdu }: Json, target: Id): boolean {
    if (!isId(redaction) || !isJson(pdu)) return false;
    const event = checkPdu(redaction, pdu, this.#rules);
    return !("unsound" in event) && redactionTarget(pdu, this.#rules) === target;
  }

  #check(id: Id, pdu: Json, here: (reason: string) => DoesNotHold): ProvenPdu {
    try {
      const event = checkPdu(id, pdu, this.#rules);
      if ("unsound" in event) throw here(`${id}: ${event.unsound}`);
      return event;
    } catch (problem) {
      if (problem instanceof NotCanonical) throw here(`${id} has no canonical form: ${problem.message}`);
      throw problem;
    }
  }

  #checkRoom({ id, pdu }: ProvenPdu, here: (reason: string) => DoesNotHold): void {
    const { room, roomVersion } = this.#manifest;
    const isOfRoom = pdu.room_id === room || (pdu.room_id === undefined && room === `!${id.slice(1)}`);
    if (!isOfRoom) throw here(`${id} belongs to another room than manifest.json says`);
    if (pdu.type !== "m.room.create" || this.#creator !== undefined) return;
    this.#creator = pdu.sender;
    const version = isJson(pdu.content) ? pdu.content.room_version : undefined;
    if (version !== roomVersion)
      throw here(`the room is not of version ${roomVersion}, as manifest.json says`);
  }

  /** The service, which made the room, witnesses its journal in every message. */
  #hear({ id, pdu }: ProvenPdu, file: string, line: number): void {
    const head = isJson(pdu.content) ? pdu.content["org.cordon.journal"] : undefined;
    if (pdu.sender !== this.#creator || !isJson(head)) return;
    const { seq, hash } = head;
    if (typeof seq !== "number" || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return;
    this.witnesses.push({ seq, hash, event: id, file, line });
  }
}

/** L4. What is missing and named as missing is no surprise: the archive's verdict accounts for it. */
async function checkGraph(
  files: ArchiveFiles,
  graph: EventGraph,
  { seal }: ReadManifest,
): Promise<LevelResult> {
  const named = await namedGaps(files);
  const file = `${folder}pdu-0001.ndjson`;
  const missing = graph.missing();
  const surprise = missing.find(({ id }) => !named.has(id));
  if (surprise !== undefined) {
    const reason = `${surprise.id} is missing: ${surprise.neededBy} names it in its ${surprise.as}_events`;
    return fail("L4", "graph", { file, reason });
  }
  if (graph.roots().length > 1)
    return fail("L4", "graph", { file, reason: "it has more than one beginning" });
  if (seal === undefined) return pass("L4", "graph", `${closed(missing.length)}; no seal was posted`);
  const covered = graph.coveredBy(seal);
  if (covered === undefined) return fail("L4", "graph", { file, reason: `the seal ${seal} is not there` });
  const unsealed = graph.idsWhere((place) => covered[place] !== 1);
  if (missing.length > 0) {
    const reached = graph.size - unsealed.length;
    return pass(
      "L4",
      "graph",
      `${closed(missing.length)}; the seal reaches ${reached} of ${graph.size} events`,
    );
  }
  const uncovered = unsealed.find((id) => !named.has(id));
  if (uncovered !== undefined) {
    return fail("L4", "graph", { file, reason: `the seal does not commit to ${uncovered}` });
  }
  const besides = unsealed.length === 0 ? "all of them" : `all but ${unsealed.length}, each named`;
  return pass("L4", "graph", `${closed(0)}, and the seal commits to ${besides}`);
}

function closed(missing: number): string {
  return missing === 0 ? "no event is missing" : `${missing} missing, each named in completeness.json`;
}

/** The events that `completeness.json` itself names as a gap. */
async function namedGaps(files: ArchiveFiles): Promise<ReadonlySet<string>> {
  const value: unknown = parse((await readSmall(files, "data/completeness.json")) ?? "");
  const gaps = isJson(value) && Array.isArray(value.gaps) ? value.gaps : [];
  return new Set(
    gaps.map((gap: unknown) => (isJson(gap) ? gap.about : undefined)).filter((id) => typeof id === "string"),
  );
}

function eventFiles(files: ArchiveFiles): readonly string[] {
  return [...files.paths]
    .filter((path) => /^data\/events\/pdu-\d{4,}\.ndjson$/.test(path))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function problemOf(problem: unknown): Problem {
  if (problem instanceof DoesNotHold) return problem.problem;
  // L1 says which file it is.
  const isExpected = problem instanceof Unreadable || problem instanceof NotLines;
  if (isExpected) return { file: folder, reason: `the events cannot be read: ${problem.message}` };
  throw problem;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is Id {
  return typeof value === "string" && value.startsWith("$");
}
