import type { AllowedSigner } from "../../proof/allowedsigners.ts";
import { sha256Of, tagManifestFile } from "../bag/bag.ts";
import { type ReadManifest, readManifest } from "../bag/manifest.ts";
import { chunksAtHand } from "../files/fileread.ts";
import { NotLines } from "../files/lines.ts";
import { type Maker, ownRenderer, type Renderer } from "../maker.ts";
import { type ArchiveFiles, ArchiveRefused, readSmall, Unreadable } from "../opened/archivefiles.ts";
import { type Level, type LevelResult, notChecked } from "../opened/level.ts";
import { OnDisk } from "../opened/ondisk.ts";
import { openArchive } from "../opened/openarchive.ts";
import type { Threads } from "../threads.ts";
import { type CheckedEvents, checkEvents, type EventsCheck } from "./checkevents.ts";
import { checkFiles } from "./checkfiles.ts";
import { checkJournal } from "./checkjournal.ts";
import { checkPages } from "./checkpages.ts";
import { checkSigner } from "./checksigner.ts";
import { type CheckedSpan, checkingThreads, type Span } from "./checkspan.ts";

export { ArchiveRefused } from "../opened/archivefiles.ts";
export { type Level, type LevelResult, levels, type Outcome } from "../opened/level.ts";

/** What became of a verification. */
export interface Verification {
  /** Whether everything that was checked holds. */
  readonly ok: boolean;
  /** Whether everything was checked that was asked for. Where it was not, that is no fault of the archive. */
  readonly complete: boolean;
  /** The last level that was asked for. */
  readonly upTo: Level;
  readonly incident: string;
  /** SHA-256 of the tag manifest, in hexadecimal: to be compared with the digest that was posted. Else `none`. */
  readonly digest: string;
  readonly events: number;
  /** What the archive says of itself, once the levels show how far it can be believed. */
  readonly verdict: string;
  readonly levels: readonly LevelResult[];
}

/** How far a verification is. */
export interface VerifyProgress {
  readonly step: "files" | "events" | "pages";
  readonly done: number;
  readonly total: number;
}

export interface VerifyOptions {
  /** The keys that are trusted to sign archives, from outside the archive; absent where nobody gave any. */
  readonly trust?: readonly AllowedSigner[];
  /** The time at which they have to count, in milliseconds since the epoch; now unless given. */
  readonly at?: number;
  /** The last level that is asked for, so that nothing is said of those after it; all of them unless given. */
  readonly upTo?: Level;
  /** The version of Cordon that verifies, for words. */
  readonly toolVersion?: string;
  readonly progress?: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Verifies an archive, a folder or a zip, with nothing but the archive itself. Nothing of it is written anywhere,
 * but for a copy of the events of a zip, as `OnDisk` says.
 * What does not hold is a value; what is no archive, or made to do harm, is refused before it is read.
 * @throws ArchiveRefused
 */
export async function verifyArchive(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const files = await openArchive(path, chunksAtHand);
  try {
    return await verifyFiles(files, options);
  } finally {
    await files.close();
  }
}

async function verifyFiles(files: ArchiveFiles, options: VerifyOptions): Promise<Verification> {
  const { progress = () => {}, signal, upTo = "L6" } = options;
  const manifest = await manifestIn(files);
  await using disk = new OnDisk(files);
  await using threads = checkingThreads();
  // The one mostly reads and the other mostly computes. Of the two the first is told of, until it is through.
  let areFilesRead = false;
  const told = (what: VerifyProgress) => {
    areFilesRead ||= what.step === "files" && what.done === what.total;
    if (areFilesRead || what.step === "files") progress(what);
  };
  const [{ intact, hashes }, events] = await Promise.all([
    checkFiles(files, (done, total) => told({ step: "files", done, total }), signal),
    eventsIn(files, manifest, disk, threads, { ...options, progress: told }),
  ]);
  if (manifest === undefined && intact.outcome === "pass") {
    throw new ArchiveRefused(
      "not-an-archive",
      "It is a bag, but not one that this version of Cordon can read.",
    );
  }
  const hoped = await levelsBeside(events.hoped, files, manifest, options);
  // Pages are made while it is computed whether the events hold. Where they do not, it means nothing that pages do.
  const isHopeful = upTo === "L6" && [intact, ...events.hoped.levels, ...hoped].every(holds);
  const pages = isHopeful ? await pagesOf(events.hoped, files, hashes, manifest, options) : noPages;
  const confirmed = await events.confirmed();
  const [signer, ...beside] =
    confirmed.record === events.hoped.record
      ? hoped
      : await levelsBeside(confirmed, files, manifest, options);
  const last = confirmed.levels.every(holds) ? pages : noPages;
  const all = [intact, signer, ...confirmed.levels, ...beside, last];
  const levels = all.filter(({ level }) => level <= upTo);
  return {
    ok: levels.every(holds),
    complete: levels.every(({ outcome }) => outcome !== "not-checked"),
    upTo,
    incident: manifest?.incident ?? "unknown",
    digest: await digestOf(files),
    events: manifest?.events ?? 0,
    verdict: manifest?.verdict ?? "unknown",
    levels,
  };
}

function holds({ outcome }: LevelResult): boolean {
  return outcome !== "fail";
}

const noPages = notChecked("L6", "pages", "the data do not hold");

/** L3 and L4. Where the manifest itself was damaged, L1 says so, and there is nothing to hold the events against. */
async function eventsIn(
  files: ArchiveFiles,
  manifest: ReadManifest | undefined,
  disk: OnDisk,
  threads: Threads<Span, CheckedSpan>,
  { progress = () => {}, signal }: VerifyOptions,
): Promise<EventsCheck> {
  if (manifest === undefined) return { hoped: unknownEvents, confirmed: async () => unknownEvents };
  const report = (done: number, total: number) => progress({ step: "events", done, total });
  return checkEvents(files, manifest, disk, threads, report, signal);
}

const unread = "manifest.json cannot be read";

const unknownEvents: CheckedEvents = {
  levels: [notChecked("L3", "events", unread)],
  graph: notChecked("L4", "graph", unread),
  witnesses: [],
  archiveKey: undefined,
};

/** L2, L4 and L5, which what the events say has a part in. */
async function levelsBeside(
  { graph, witnesses, archiveKey }: CheckedEvents,
  files: ArchiveFiles,
  manifest: ReadManifest | undefined,
  { trust, at = Date.now() }: VerifyOptions,
): Promise<readonly [signer: LevelResult, graph: LevelResult, journal: LevelResult]> {
  const signer = await checkSigner(files, {
    named: manifest?.signedBy,
    inRoom: archiveKey,
    revision: manifest?.revision,
    trust,
    at,
  });
  const journal =
    manifest === undefined
      ? notChecked("L5", "journal", unread)
      : await checkJournal(files, manifest, witnesses);
  return [signer, graph, journal];
}

/** L6, where it can be asked: pages are made of data that hold, and by the renderer that made them before. */
async function pagesOf(
  { record }: CheckedEvents,
  files: ArchiveFiles,
  hashes: ReadonlyMap<string, string>,
  manifest: ReadManifest | undefined,
  { toolVersion, progress = () => {}, signal }: VerifyOptions,
): Promise<LevelResult> {
  if (manifest === undefined || record === undefined) return noPages;
  if (manifest.renderer?.code !== ownRenderer.code) {
    return notChecked("L6", "pages", madeByAnother(manifest, toolVersion));
  }
  const report = (done: number, total: number) => progress({ step: "pages", done, total });
  return checkPages(files, hashes, manifest, record, report, signal);
}

/** Says who made an archive, and who verifies it. */
function madeByAnother({ tool, renderer }: Maker, toolVersion: string | undefined): string {
  const maker = `${tool.name} ${tool.version}`;
  const made =
    renderer === undefined ? `${maker}, which names no renderer` : `renderer ${short(renderer)} by ${maker}`;
  const own = toolVersion === undefined ? "" : ` by ${toolVersion}`;
  return `made by another version (${made}; this is renderer ${short(ownRenderer)}${own})`;
}

function short({ code }: Renderer): string {
  return code.slice(0, 12);
}

async function digestOf(files: ArchiveFiles): Promise<string> {
  if (!files.paths.has(tagManifestFile)) return "none";
  try {
    return await sha256Of(files.open(tagManifestFile));
  } catch (problem) {
    if (problem instanceof Unreadable) return "none";
    throw problem;
  }
}

async function manifestIn(files: ArchiveFiles): Promise<ReadManifest | undefined> {
  try {
    return readManifest((await readSmall(files, "manifest.json")) ?? "");
  } catch (problem) {
    if (problem instanceof Unreadable || problem instanceof NotLines) return undefined;
    throw problem;
  }
}
