import { text } from "../matrix/event.ts";
import { canonicalJson, NotCanonical } from "../proof/canonical.ts";
import { checkPdu, type ProvenPdu, parents, redactionTarget } from "../proof/pdu.ts";
import { isJson, type Json } from "../proof/redaction.ts";
import { roomRules } from "../proof/roomversion.ts";
import { readServerKeys } from "../proof/serverkeys.ts";
import { checkSignatures } from "../proof/signature.ts";
import { type ArchiveFiles, readSmall, Unreadable } from "./archivefiles.ts";
import { checkGraph } from "./checkgraph.ts";
import type { SignatureCheck } from "./checksignatures.ts";
import { type Claims, readClaims } from "./claims.ts";
import { EventGraph } from "./graph.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, type Problem, pass } from "./level.ts";
import { linesOf, NotLines, parsed } from "./lines.ts";
import type { ReadManifest } from "./manifest.ts";
import { readRecorded } from "./pdulog.ts";
import { belongsTo, type Measure } from "./prove.ts";

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
  /** L3, as to who signed, once that has been computed. */
  readonly signatures: () => Promise<LevelResult>;
  /** L4. */
  readonly graph: LevelResult;
  readonly witnesses: readonly Witness[];
  /** The events whose content is gone. */
  readonly redacted: ReadonlySet<Id>;
  /** The fingerprint of the key that signs archives, as the room's state last named it. */
  readonly archiveKey: string | undefined;
}

const folder = "data/events/";
const part = "ids and contents";

/**
 * L3 and L4: every event is what its id says and signed, none is missing, and the seal commits to all. Who signed
 * is left to `check`, which goes on with it meanwhile.
 */
export async function checkEvents(
  files: ArchiveFiles,
  manifest: ReadManifest,
  check: SignatureCheck,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<CheckedEvents> {
  try {
    const claims = await readClaims(files);
    const reader = new EventReader(manifest, await measureOf(files, manifest), check);
    for (const file of eventFiles(files)) {
      let line = 0;
      for await (const json of linesOf(files.open(file))) {
        signal?.throwIfAborted();
        line += 1;
        reader.take(json, { file, line });
        report(reader.count, manifest.events);
      }
    }
    reader.checkCount();
    await reader.checkRedacted(files, claims);
    return {
      ids: pass("L3", part, `${reader.count} events, ${reader.redacted.size} of them redacted`),
      signatures: () => check.result(claims),
      graph: checkGraph(reader.graph, claims, manifest),
      witnesses: reader.witnesses,
      redacted: new Set(reader.redacted.keys()),
      archiveKey: reader.archiveKey,
    };
  } catch (problem) {
    // Signatures and a graph of events that do not hold say nothing.
    const words = "the events do not hold";
    return {
      ids: fail("L3", part, problemOf(problem)),
      signatures: async () => notChecked("L3", "signatures", words),
      graph: notChecked("L4", "graph", words),
      witnesses: [],
      redacted: new Set(),
      archiveKey: undefined,
    };
  }
}

async function measureOf(files: ArchiveFiles, { room, roomVersion }: ReadManifest): Promise<Measure> {
  const keys = readServerKeys(parsed((await readSmall(files, "data/server-keys.json")) ?? ""));
  return { room, rules: roomRules(roomVersion), ...(keys === undefined ? {} : { keys }) };
}

/** A line of a file of events: the event, or what is wrong with it. */
function readEvent(json: string, { room, rules }: Measure): ProvenPdu | { readonly wrong: string } {
  const recorded = readRecorded(json);
  if (recorded === undefined) return { wrong: "it is not an event with its id" };
  const { id, pdu } = recorded;
  try {
    const event = checkPdu(id, pdu, rules);
    if ("unsound" in event) return { wrong: `${id}: ${event.unsound}` };
    if (canonicalJson({ event_id: id, pdu }, event.written) !== json) {
      return { wrong: "it is written in another way than an archive writes it" };
    }
    if (!belongsTo(room, event)) return { wrong: `${id} belongs to another room than manifest.json says` };
    return event;
  } catch (problem) {
    if (problem instanceof NotCanonical) return { wrong: `${id} has no canonical form: ${problem.message}` };
    throw problem;
  }
}

type Place = Omit<Problem, "reason">;

class EventReader {
  readonly graph = new EventGraph();
  readonly redacted = new Map<Id, Place>();
  readonly #signatures: SignatureCheck;
  readonly witnesses: Witness[] = [];
  archiveKey: string | undefined;
  readonly #manifest: ReadManifest;
  readonly #measure: Measure;
  readonly #targets = new Set<Id>();
  #creator: unknown;

  constructor(manifest: ReadManifest, measure: Measure, signatures: SignatureCheck) {
    this.#manifest = manifest;
    this.#measure = measure;
    this.#signatures = signatures;
  }

  get count(): number {
    return this.graph.size;
  }

  take(json: string, place: Place & { readonly line: number }): void {
    const event = readEvent(json, this.#measure);
    if ("wrong" in event) throw new DoesNotHold({ ...place, reason: event.wrong });
    if (this.graph.placeOf(event.id) !== undefined) {
      throw new DoesNotHold({ ...place, reason: `${event.id} is there twice` });
    }
    this.#checkCreation(event, place);
    this.#signatures.take(event, this.#measure.keys, place);
    this.graph.add(event.id, parents(event.pdu, "prev_events"), parents(event.pdu, "auth_events"));
    if (event.content === "redacted") this.redacted.set(event.id, place);
    const target = redactionTarget(event.pdu, this.#measure.rules);
    if (target !== undefined) this.#targets.add(target);
    this.#hear(event, place);
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

  #checkCreation({ pdu }: ProvenPdu, place: Place): void {
    if (pdu.type !== "m.room.create" || this.#creator !== undefined) return;
    this.#creator = pdu.sender;
    const { roomVersion } = this.#manifest;
    if (isJson(pdu.content) && pdu.content.room_version === roomVersion) return;
    const reason = `the room is not of version ${roomVersion}, as manifest.json says`;
    throw new DoesNotHold({ ...place, reason });
  }

  /** The service, which made the room, witnesses its journal in every message, and names its key in the state. */
  #hear({ id, pdu }: ProvenPdu, place: { readonly file: string; readonly line: number }): void {
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
export function eventFiles(files: ArchiveFiles): readonly string[] {
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
