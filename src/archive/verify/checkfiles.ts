import { bagDeclaration, manifestFile, sha256Of, signatureFile, tagManifestFile } from "../bag/bag.ts";
import { NotLines } from "../files/lines.ts";
import { type ArchiveFiles, readSmall, Unreadable } from "../opened/archivefiles.ts";
import { DoesNotHold, fail, type LevelResult, pass } from "../opened/level.ts";

const manifestLine = /^([0-9a-f]{64}) {2}(\S(?:.*\S)?)$/;

/** L1, and what it rests on. */
export interface CheckedFiles {
  readonly intact: LevelResult;
  /** The SHA-256 of every file, in hexadecimal, as the manifests have it; empty where L1 does not hold. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** L1: the files are those of the manifests, none changed, none missing, none besides. */
export async function checkFiles(
  files: ArchiveFiles,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<CheckedFiles> {
  try {
    const payload = await readManifest(files, manifestFile, (path) => path.startsWith("data/"));
    const tags = await readManifest(files, tagManifestFile, (path) => !path.startsWith("data/"));
    checkListed(files, payload, tags);
    if ((await readText(files, "bagit.txt")) !== bagDeclaration.trimEnd()) {
      throw new DoesNotHold({ file: "bagit.txt", reason: "it does not declare BagIt 1.0" });
    }
    const all = [...tags, ...payload];
    let done = 0;
    for (const [path, sha256] of all) {
      signal?.throwIfAborted();
      await checkFile(files, path, sha256);
      done += 1;
      report(done, all.length);
    }
    const words = `${all.length} files as in the manifests, and no others`;
    return { intact: pass("L1", "files", words), hashes: new Map(all) };
  } catch (problem) {
    if (problem instanceof DoesNotHold) {
      return { intact: fail("L1", "files", problem.problem), hashes: new Map() };
    }
    throw problem;
  }
}

async function readManifest(
  files: ArchiveFiles,
  file: string,
  belongs: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const text = await readText(files, file);
  const listed = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const [, sha256, path] = manifestLine.exec(line) ?? [];
    const problem = (reason: string) => new DoesNotHold({ file, line: index + 1, reason });
    if (sha256 === undefined || path === undefined) throw problem("it is not a line of a manifest");
    if (!belongs(path)) throw problem(`${path} does not belong in this manifest`);
    if (listed.has(path)) throw problem(`${path} is listed twice`);
    listed.set(path, sha256);
  }
  return listed;
}

async function readText(files: ArchiveFiles, file: string): Promise<string> {
  const text = await readSmall(files, file).catch((problem: unknown) => throwUnreadable(file, problem));
  if (text === undefined) throw new DoesNotHold({ file, reason: "it is missing" });
  return text;
}

/** The lists first, before anything large is read. */
function checkListed(
  files: ArchiveFiles,
  payload: ReadonlyMap<string, string>,
  tags: ReadonlyMap<string, string>,
): void {
  for (const path of [...tags.keys(), ...payload.keys()]) {
    if (!files.paths.has(path)) throw new DoesNotHold({ file: path, reason: "it is missing" });
  }
  for (const path of [...files.paths].sort()) {
    if (payload.has(path) || tags.has(path) || path === tagManifestFile || path === signatureFile) continue;
    throw new DoesNotHold({ file: path, reason: "no manifest lists it" });
  }
}

async function checkFile(files: ArchiveFiles, path: string, sha256: string): Promise<void> {
  const found = await sha256Of(files.open(path)).catch((problem: unknown) => throwUnreadable(path, problem));
  if (found !== sha256)
    throw new DoesNotHold({ file: path, reason: "its content is not what the manifest says" });
}

function throwUnreadable(file: string, problem: unknown): never {
  const isExpected = problem instanceof Unreadable || problem instanceof NotLines;
  throw isExpected ? new DoesNotHold({ file, reason: `it cannot be read: ${problem.message}` }) : problem;
}
