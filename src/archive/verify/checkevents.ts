import { text } from "../../matrix/event.ts";
import { NotCanonical } from "../../proof/canonical.ts";
import { checkPdu, contentOf, redactionTarget } from "../../proof/pdu.ts";
import { isJson, type Json } from "../../proof/redaction.ts";
import { roomRules } from "../../proof/roomversion.ts";
import { readServerKeys } from "../../proof/serverkeys.ts";
import { checkSignatures } from "../../proof/signature.ts";
import type { ReadManifest } from "../bag/manifest.ts";
import { bunchesOfFile, linesOf, NotLines, parsed } from "../files/lines.ts";
import type { Measure } from "../history/prove.ts";
import { type ArchiveFiles, readSmall, Unreadable } from "../opened/archivefiles.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, type Problem, pass } from "../opened/level.ts";
import type { OnDisk } from "../opened/ondisk.ts";
import { PduLog, type Recorded, readRecorded } from "../record/pdulog.ts";
import { RecordReader, type RoomRecord } from "../record/record.ts";
import type { Threads } from "../threads.ts";
import { redactionsIn } from "./archivedmaterial.ts";
import { checkGraph } from "./checkgraph.ts";
import { type Place, ProofCheck } from "./checkproofs.ts";
import type { CheckedSpan, Span } from "./checkspan.ts";
import { type Claims, readClaims } from "./claims.ts";

type Id = `$${string}`;

/** The head of the journal as a message of the service gave it: the room is a witness to it. */
export interface Witness extends Place {
  readonly seq: number;
  readonly hash: string;
  readonly event: Id;
}

/** What the events themselves say. */
export interface CheckedEvents {
  /** L3. */
  readonly levels: readonly LevelResult[];
  /** L4. */
  readonly graph: LevelResult;
  readonly witnesses: readonly Witness[];
  /** The fingerprint of the key that signs archives, as the room's state last named it. */
  readonly archiveKey: string | undefined;
  /** What pages are made of; absent where the events do not hold. */
  readonly record?: RoomRecord;
}

/** The same before and after the arithmetic: what it says where all hashes and signatures hold, and what it does say. */
export interface EventsCheck {
  readonly hoped: CheckedEvents;
  readonly confirmed: () => Promise<CheckedEvents>;
}

const folder = "data/events/";
const part = "ids and contents";

/**
 * L3 and L4: every event is what its id says and signed, none is missing, and the seal commits to all. What is
 * arithmetic is left to `threads`, which go on with it meanwhile.
 */
export async function checkEvents(
  files: ArchiveFiles,
  manifest: ReadManifest,
  disk: OnDisk,
  threads: Threads<Span, CheckedSpan>,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<EventsCheck> {
  let proofs: ProofCheck | undefined;
  try {
    const claims = await readClaims(files);
    const measure = await measureOf(files, manifest);
    const checking = new ProofCheck(measure, threads);
    proofs = checking;
    const { withdrawn, later } = await redactionsIn(files);
    const reader = new EventReader(manifest, measure, new RecordReader(measure.rules, withdrawn), checking);
    for (const file of eventFiles(files)) {
      await reader.read(file, await disk.pathOf(file), report, signal);
    }
    reader.checkCount();
    await reader.checkRedacted(files, claims);
    const hoped = {
      levels: [pass("L3", part, `${reader.count} events, ${reader.redacted.size} of them redacted`)],
      graph: checkGraph(reader.record.graph, claims, manifest),
      witnesses: reader.witnesses,
      archiveKey: reader.archiveKey,
      record: reader.finish(later),
    };
    return { hoped, confirmed: () => confirmed(hoped, checking, claims) };
  } catch (thrown) {
    const problem = problemOf(thrown);
    // An event before it may be the first that does not hold.
    const hoped = failed((await proofs?.wrong()) ?? problem);
    return { hoped, confirmed: async () => hoped };
  }
}

async function confirmed(hoped: CheckedEvents, proofs: ProofCheck, claims: Claims): Promise<CheckedEvents> {
  const wrong = await proofs.wrong();
  if (wrong !== undefined) return failed(wrong);
  return { ...hoped, levels: [...hoped.levels, await proofs.signatures(claims)] };
}

/** Signatures and a graph of events that do not hold say nothing. */
function failed(problem: Problem): CheckedEvents {
  const words = "the events do not hold";
  return {
    levels: [fail("L3", part, problem), notChecked("L3", "signatures", words)],
    graph: notChecked("L4", "graph", words),
    witnesses: [],
    archiveKey: undefined,
  };
}

async function measureOf(files: ArchiveFiles, { room, roomVersion }: ReadManifest): Promise<Measure> {
  const keys = readServerKeys(parsed((await readSmall(files, "data/server-keys.json")) ?? ""));
  return { room, rules: roomRules(roomVersion), ...(keys === undefined ? {} : { keys }) };
}

class EventReader {
  readonly record: RecordReader;
  readonly redacted = new Map<Id, Place>();
  readonly witnesses: Witness[] = [];
  archiveKey: string | undefined;
  readonly #manifest: ReadManifest;
  readonly #measure: Measure;
  readonly #proofs: ProofCheck;
  readonly #log = new PduLog();
  readonly #targets = new Set<Id>();
  #creator: unknown;

  constructor(manifest: ReadManifest, measure: Measure, record: RecordReader, proofs: ProofCheck) {
    this.#manifest = manifest;
    this.#measure = measure;
    this.record = record;
    this.#proofs = proofs;
  }

  get count(): number {
    return this.record.graph.size;
  }

  /** Reads a file of the archive, which lies at `path`. */
  async read(
    file: string,
    path: string,
    report: (done: number, total: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let line = 0;
    this.#log.begin(path);
    for await (const lines of bunchesOfFile(path)) {
      signal?.throwIfAborted();
      for (const json of lines) {
        line += 1;
        this.#take(json, path, { file, line });
      }
      report(this.count, this.#manifest.events);
    }
  }

  #take(json: string, path: string, place: Place): void {
    const recorded = readRecorded(json);
    if (recorded === undefined) throw new DoesNotHold({ ...place, reason: "it is not an event with its id" });
    const { id, pdu } = recorded;
    if (this.record.has(id)) throw new DoesNotHold({ ...place, reason: `${id} is there twice` });
    this.#checkCreation(pdu, place);
    const bytes = Buffer.byteLength(json);
    this.#proofs.take(path, this.#log.note(bytes), bytes, place);
    const content = contentOf(pdu, this.#measure.rules);
    if (content === "redacted") this.redacted.set(id, place);
    this.record.take({ id, pdu, content });
    const target = redactionTarget(pdu, this.#measure.rules);
    if (target !== undefined) this.#targets.add(target);
    this.#hear(recorded, place);
  }

  /** The record of all events that were taken, and of redactions that came after them. */
  finish(later: ReadonlyMap<Id, Json>): RoomRecord {
    for (const [id, pdu] of later) this.record.redactions.afterSeal({ id, pdu, content: "whole" });
    return this.record.record(this.#log);
  }

  checkCount(): void {
    if (this.count === this.#manifest.events) return;
    throw new DoesNotHold({
      file: "manifest.json",
      reason: `it counts ${this.#manifest.events} events, and there are ${this.count}`,
    });
  }

  /** An event may have lost its content only by a redaction that the room knows of. */
  async checkRedacted(files: ArchiveFiles, { gaps }: Claims): Promise<void> {
    const listed = await this.#listedRedactions(files);
    for (const [id, place] of this.redacted) {
      if (this.#targets.has(id) || listed.has(id) || gaps.has(id)) continue;
      throw new DoesNotHold({ ...place, reason: `the content of ${id} is gone and no redaction is there` });
    }
  }

  /** What `redactions.ndjson` adds: edits of redacted messages, and redactions after the seal with their proof. */
  async #listedRedactions(files: ArchiveFiles): Promise<ReadonlySet<Id>> {
    const file = "data/redactions.ndjson";
    const listed = new Set<Id>();
    if (!files.paths.has(file)) return listed;
    for await (const json of linesOf(files.open(file))) {
      const value = parsed(json);
      if (!isJson(value) || !isId(value.target) || !this.redacted.has(value.target)) continue;
      const isEdit = value.because === "edit-of-redacted" && isId(value.of) && this.redacted.has(value.of);
      if (isEdit || this.#isLaterRedaction(value, value.target)) listed.add(value.target);
    }
    return listed;
  }

  #isLaterRedaction({ redaction, pdu }: Json, target: Id): boolean {
    const { rules, keys } = this.#measure;
    if (!isId(redaction) || !isJson(pdu) || redactionTarget(pdu, rules) !== target) return false;
    const event = checkPdu(redaction, pdu, rules);
    if ("unsound" in event) return false;
    const signatures = checkSignatures(event, keys);
    return signatures === "hold" || "unchecked" in signatures;
  }

  #checkCreation(pdu: Json, place: Place): void {
    if (pdu.type !== "m.room.create" || this.#creator !== undefined) return;
    this.#creator = pdu.sender;
    const { roomVersion } = this.#manifest;
    if (isJson(pdu.content) && pdu.content.room_version === roomVersion) return;
    const reason = `the room is not of version ${roomVersion}, as manifest.json says`;
    throw new DoesNotHold({ ...place, reason });
  }

  /** The service, which made the room, witnesses its journal in every message, and names its key in the state. */
  #hear({ id, pdu }: Recorded, place: Place): void {
    if (pdu.sender !== this.#creator || !isJson(pdu.content)) return;
    if (pdu.type === "org.cordon.archive-key" && pdu.state_key === "") {
      this.archiveKey = text(pdu.content, "fingerprint") ?? this.archiveKey;
    }
    const head = pdu.content["org.cordon.journal"];
    if (!isJson(head)) return;
    const { seq, hash } = head;
    if (typeof seq !== "number" || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return;
    this.witnesses.push({ seq, hash, event: id, ...place });
  }
}

/** The files of events in an archive, oldest first. */
function eventFiles(files: ArchiveFiles): readonly string[] {
  return [...files.paths]
    .filter((path) => /^data\/events\/pdu-\d{4,}\.ndjson$/.test(path))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function problemOf(problem: unknown): Problem {
  if (problem instanceof DoesNotHold) return problem.problem;
  // L1 says which file it is.
  const isExpected = [Unreadable, NotLines, NotCanonical].some((expected) => problem instanceof expected);
  if (isExpected && problem instanceof Error)
    return { file: folder, reason: `the events cannot be read: ${problem.message}` };
  throw problem;
}

function isId(value: unknown): value is Id {
  return typeof value === "string" && value.startsWith("$");
}
