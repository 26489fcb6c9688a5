import { type ArchiveFiles, ArchiveRefused, readSmall, Unreadable } from "./archivefiles.ts";
import { sha256Of, tagManifestFile } from "./bag.ts";
import { checkEvents } from "./checkevents.ts";
import { checkFiles } from "./checkfiles.ts";
import { checkJournal } from "./checkjournal.ts";
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
  readonly step: "files" | "events";
  readonly done: number;
  readonly total: number;
}

export interface VerifyOptions {
  readonly progress?: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Verifies an archive, a folder or a zip, with nothing but the archive itself. Nothing is written anywhere.
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
  const intact = await checkFiles(files, (done, total) => progress({ step: "files", done, total }), signal);
  const manifest = await manifestIn(files);
  if (manifest === undefined && intact.outcome === "pass") {
    throw new ArchiveRefused(
      "not-an-archive",
      "It is a bag, but not one that this version of Cordon can read.",
    );
  }
  const levels = [
    intact,
    notChecked("L2", "signature", "archives are not signed yet"),
    ...(manifest === undefined ? unknownContent : await checkContent(files, manifest, options)),
    notChecked("L6", "pages", "whether the pages follow from the data is not checked yet"),
  ];
  return {
    ok: levels.every(({ outcome }) => outcome !== "fail"),
    incident: manifest?.incident ?? "unknown",
    digest: files.paths.has(tagManifestFile) ? await sha256Of(files.open(tagManifestFile)) : "none",
    events: manifest?.events ?? 0,
    verdict: manifest?.verdict ?? "unknown",
    levels,
  };
}

async function checkContent(
  files: ArchiveFiles,
  manifest: ReadManifest,
  { progress = () => {}, signal }: VerifyOptions,
): Promise<readonly LevelResult[]> {
  const report = (done: number, total: number) => progress({ step: "events", done, total });
  const { ids, graph, witnesses } = await checkEvents(files, manifest, report, signal);
  return [
    ids,
    notChecked("L3", "signatures", "the homeserver's signatures are not checked yet"),
    graph,
    await checkJournal(files, manifest, witnesses),
  ];
}

/** Where the manifest itself was damaged, L1 says so, and there is nothing to hold the content against. */
const unknownContent: readonly LevelResult[] = [
  notChecked("L3", "events", "manifest.json cannot be read"),
  notChecked("L4", "graph", "manifest.json cannot be read"),
  notChecked("L5", "journal", "manifest.json cannot be read"),
];

async function manifestIn(files: ArchiveFiles): Promise<ReadManifest | undefined> {
  try {
    return readManifest((await readSmall(files, "manifest.json")) ?? "");
  } catch (problem) {
    if (problem instanceof Unreadable || problem instanceof NotLines) return undefined;
    throw problem;
  }
}
