import type { Entry } from "../../incident/entry.ts";
import { followChain } from "../../journal/chain.ts";
import { NotCanonical } from "../../proof/canonical.ts";
import { isJson } from "../../proof/redaction.ts";
import type { ReadManifest } from "../bag/manifest.ts";
import { linesOf, NotLines, parsed } from "../files/lines.ts";
import { type ArchiveFiles, Unreadable } from "../opened/archivefiles.ts";
import { DoesNotHold, fail, type LevelResult, pass } from "../opened/level.ts";
import type { Witness } from "./checkevents.ts";

const file = "data/journal.ndjson";
const part = "journal";

/** L5: the journal's entries follow from each other to the head that is known, and as the room witnessed them. */
export async function checkJournal(
  files: ArchiveFiles,
  manifest: ReadManifest,
  witnesses: readonly Witness[],
): Promise<LevelResult> {
  if (!files.paths.has(file)) return fail("L5", part, { file, reason: "it is missing" });
  const found: Found = { hashes: new Map(), seal: undefined, restored: [] };
  try {
    const followed = await followChain(noted(journalIn(files, manifest.incident), found));
    if ("broken" in followed) {
      const { seq, reason } = followed.broken;
      return fail("L5", part, { file, reason: `entry ${seq}: ${reason}` });
    }
    checkHead(followed.head, manifest);
    if (found.seal !== manifest.seal) {
      const reason = `the journal was sealed by ${found.seal ?? "nothing"}, and manifest.json names another seal`;
      return fail("L5", part, { file, reason });
    }
    const ofLost = witnesses.filter((witness, i) => !isOfThis(witness, i, witnesses, found)).length;
    return pass("L5", part, `${found.hashes.size} entries in one chain, ${heard(witnesses.length, ofLost)}`);
  } catch (problem) {
    if (problem instanceof DoesNotHold) return fail("L5", part, problem.problem);
    const isExpected = [NotCanonical, Unreadable, NotLines].some((expected) => problem instanceof expected);
    if (isExpected && problem instanceof Error) return fail("L5", part, { file, reason: problem.message });
    throw problem;
  }
}

/** What the journal held, gathered while it is followed. */
interface Found {
  /** The hash of each entry by its number. */
  readonly hashes: Map<number, string>;
  /** The event that sealed the room. */
  seal: string | undefined;
  /** Where the journal was put back to an older state. */
  readonly restored: PutBack[];
}

/** The journal was put back once: to which entry, and what the room had witnessed of what was lost. */
interface PutBack {
  readonly to: number;
  readonly upTo: number;
  /** The last message that witnesses any of it. */
  readonly event: string;
}

function heard(witnesses: number, ofLost: number): string {
  if (witnesses === 0) return "no message of the room witnesses it";
  const of = `as ${witnesses - ofLost} messages of the room witness`;
  if (ofLost === 0) return of;
  return `${of}; ${ofLost} more witness entries that were lost when the journal was put back to an older state`;
}

async function* noted(entries: AsyncIterable<Entry>, found: Found): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    found.hashes.set(entry.seq, entry.hash);
    if (entry.type === "sealed") found.seal = entry.data.event;
    if (entry.type === "restored") {
      const { lost } = entry.data;
      if (lost !== undefined) found.restored.push({ to: entry.seq - 1, upTo: lost.seq, event: lost.event });
    }
    yield entry;
  }
}

/** The entries of an archive's journal. Throws `DoesNotHold`, `Unreadable` or `NotLines`. */
export async function* journalIn(files: ArchiveFiles, incident: string): AsyncGenerator<Entry> {
  let line = 0;
  for await (const text of linesOf(files.open(file))) {
    line += 1;
    const entry = parsed(text);
    if (!isEntry(entry)) throw new DoesNotHold({ file, line, reason: "it is not an entry of a journal" });
    if (entry.incident !== incident)
      throw new DoesNotHold({ file, line, reason: `it is about ${entry.incident}` });
    yield entry;
  }
}

/** A chain that was cut at its end still holds; only somebody who knows the head can tell. */
function checkHead(head: { readonly seq: number; readonly hash: string }, { journal }: ReadManifest): void {
  if (head.seq === journal.seq && head.hash === journal.hash && journal.entries === head.seq) return;
  const reason = `the journal ends with entry ${head.seq}, and manifest.json knows of another end`;
  throw new DoesNotHold({ file, line: head.seq, reason });
}

/**
 * Whether a message witnesses an entry of this journal. It may also witness one that was lost, where the journal
 * itself says so: behind the entry to which it was put back, as far as is said, and not said after that.
 * @throws DoesNotHold where it is neither
 */
function isOfThis(
  { event, seq, hash, file: witnessFile, line }: Witness,
  index: number,
  witnesses: readonly Witness[],
  { hashes, restored }: Found,
): boolean {
  if (hashes.get(seq) === hash) return true;
  const isLost = restored.some(({ to, upTo, event: lastEvent }) => {
    const last = witnesses.findIndex((witness) => witness.event === lastEvent);
    // Where that message was removed since, the numbers alone tell.
    return to < seq && seq <= upTo && (last === -1 || index <= last);
  });
  if (isLost) return false;
  throw new DoesNotHold({
    file: witnessFile,
    line,
    reason: `${event} witnesses another entry ${seq} than the journal has`,
  });
}

/** What the chain is followed by. What an entry's fact says is for the reader, whatever its type. */
function isEntry(value: unknown): value is Entry {
  return (
    isJson(value) &&
    typeof value.incident === "string" &&
    typeof value.type === "string" &&
    isJson(value.data) &&
    (value.words === undefined || (isJson(value.words) && isJson(value.words.digests))) &&
    typeof value.actor === "string" &&
    typeof value.eventAt === "number" &&
    typeof value.seq === "number" &&
    typeof value.prevHash === "string" &&
    typeof value.hash === "string"
  );
}
