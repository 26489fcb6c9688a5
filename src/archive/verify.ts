import type { AllowedSigner } from "../proof/allowedsigners.ts";
import { type ArchiveFiles, ArchiveRefused, readSmall, Unreadable } from "./archivefiles.ts";
import { sha256Of, tagManifestFile } from "./bag.ts";
import { type CheckedEvents, checkEvents } from "./checkevents.ts";
import { checkFiles } from "./checkfiles.ts";
import { checkJournal } from "./checkjournal.ts";
import { checkPages } from "./checkpages.ts";
import { SignatureCheck } from "./checksignatures.ts";
import { checkSigner } from "./checksigner.ts";
import { type LevelResult, notChecked } from "./level.ts";
import { NotLines } from "./lines.ts";
import { type ReadManifest, readManifest } from "./manifest.ts";
import { openArchive } from "./openarchive.ts";

export { ArchiveRefused } from "./archivefiles.ts";
export type { LevelResult, Outcome } from "./level.ts";

/** What became of a verification. */
export interface Verification {
  /** Whether everything that was checked holds. */
  readonly ok: boolean;
  readonly incident: string;
  /** SHA-256 of the tag manifest, in hexadecimal: to be compared with the digest that was posted. */
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
  /** The version of Cordon that verifies; another one may make other pages of the same data. */
  readonly toolVersion?: string;
  readonly progress?: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Verifies an archive, a folder or a zip, with nothing but the archive itself. Nothing of it is written anywhere,
 * but for a copy of events that were found to hold, as `checkPages` says.
 * What does not hold is a value; what is no archive, or made to do harm, is refused before it is read.
 * @throws ArchiveRefused
 */
export async function verifyArchive(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const files = await openArchive(path);
  try {
    return await verifyFiles(files, options);
  } finally {
    await files.close();
  }
}

async function verifyFiles(files: ArchiveFiles, options: VerifyOptions): Promise<Verification> {
  const { progress = () => {}, signal } = options;
  const counting = (done: number, total: number) => progress({ step: "files", done, total });
  const { intact, hashes } = await checkFiles(files, counting, signal);
  const manifest = await manifestIn(files);
  if (manifest === undefined && intact.outcome === "pass") {
    throw new ArchiveRefused(
      "not-an-archive",
      "It is a bag, but not one that this version of Cordon can read.",
    );
  }
  await using signatures = new SignatureCheck();
  const content =
    manifest === undefined ? unknownContent : await checkContent(files, manifest, signatures, options);
  const signer = await checkSigner(files, {
    named: manifest?.signedBy,
    inRoom: content.archiveKey,
    revision: manifest?.revision,
    trust: options.trust,
    at: options.at ?? Date.now(),
  });
  const { ids, graph, journal } = content;
  const hold = [intact, signer, ids, graph, journal].every(holds);
  const pages = hold ? await pagesFrom(files, hashes, manifest, content, options) : noPages;
  // They were computed meanwhile. Where they do not hold, it means nothing that the pages do.
  const signed = await content.signatures();
  const last = signed.every(holds) ? pages : noPages;
  const levels = [intact, signer, ids, ...signed, graph, journal, last];
  return {
    ok: levels.every(holds),
    incident: manifest?.incident ?? "unknown",
    digest: files.paths.has(tagManifestFile) ? await sha256Of(files.open(tagManifestFile)) : "none",
    events: manifest?.events ?? 0,
    verdict: manifest?.verdict ?? "unknown",
    levels,
  };
}

function holds({ outcome }: LevelResult): boolean {
  return outcome !== "fail";
}

const noPages = notChecked("L6", "pages", "the data do not hold");

/** L6, where it can be asked: pages are made of data that hold, and by the version that made them before. */
async function pagesFrom(
  files: ArchiveFiles,
  hashes: ReadonlyMap<string, string>,
  manifest: ReadManifest | undefined,
  { redacted }: CheckedContent,
  { toolVersion, progress = () => {}, signal }: VerifyOptions,
): Promise<LevelResult> {
  if (manifest === undefined) return noPages;
  if (toolVersion !== undefined && toolVersion !== manifest.toolVersion) {
    const words = `made by version ${manifest.toolVersion}, and only that one makes the same pages`;
    return notChecked("L6", "pages", words);
  }
  const report = (done: number, total: number) => progress({ step: "pages", done, total });
  return checkPages(files, hashes, manifest, redacted, report, signal);
}

/** L3 to L5, and what the events tell besides. */
interface CheckedContent extends Pick<CheckedEvents, "ids" | "graph" | "archiveKey" | "redacted"> {
  /** The other part of L3, where there is something to check. */
  readonly signatures: () => Promise<readonly LevelResult[]>;
  readonly journal: LevelResult;
}

async function checkContent(
  files: ArchiveFiles,
  manifest: ReadManifest,
  signatures: SignatureCheck,
  { progress = () => {}, signal }: VerifyOptions,
): Promise<CheckedContent> {
  const report = (done: number, total: number) => progress({ step: "events", done, total });
  const checked = await checkEvents(files, manifest, signatures, report, signal);
  const journal = await checkJournal(files, manifest, checked.witnesses);
  return { ...checked, signatures: async () => [await checked.signatures()], journal };
}

/** Where the manifest itself was damaged, L1 says so, and there is nothing to hold the content against. */
const unknownContent: CheckedContent = {
  ids: notChecked("L3", "events", "manifest.json cannot be read"),
  signatures: async () => [],
  graph: notChecked("L4", "graph", "manifest.json cannot be read"),
  journal: notChecked("L5", "journal", "manifest.json cannot be read"),
  archiveKey: undefined,
  redacted: new Set(),
};

async function manifestIn(files: ArchiveFiles): Promise<ReadManifest | undefined> {
  try {
    return readManifest((await readSmall(files, "manifest.json")) ?? "");
  } catch (problem) {
    if (problem instanceof Unreadable || problem instanceof NotLines) return undefined;
    throw problem;
  }
}
