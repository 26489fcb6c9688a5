import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReadableStream } from "node:stream/web";
import { syncFolder } from "../archive/files/durable.ts";
import { readWholeFile } from "../archive/files/fileread.ts";
import { sniff, sniffedBytes } from "../archive/files/sniff.ts";
import type { IncidentId } from "../incident/ids.ts";
import { settledAmong, unusedAmong } from "../journal/attachments.ts";
import type { Rules, Service } from "./service.ts";

/*
 * Fetched files lie in a hidden folder beside the archives, each content once and under its hash, until no
 * incident needs them any more. An archive gives the same file a second name and never a copy of its own, so
 * for as long as both are there they take the room of one.
 */

/** What knows where the store is. */
interface WithFiles {
  readonly rules: Pick<Rules, "archiveFolder">;
}

/** A file as it lies in the store. */
export interface KeptFile {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

function storeOf({ rules }: WithFiles): string {
  return join(rules.archiveFolder, ".attachments");
}

function fileIn(service: WithFiles, sha256: string): string {
  return join(storeOf(service), sha256.slice(0, 2), sha256);
}

/**
 * Streams a file into the store, hashing it on the way. `check` is told its type as soon as the first bytes
 * show it; where it throws, nothing is kept.
 */
export async function keepFile(
  service: WithFiles,
  bytes: ReadableStream<Uint8Array>,
  check: (type: string) => void,
): Promise<KeptFile> {
  await mkdir(storeOf(service), { recursive: true, mode: 0o700 });
  const unfinished = join(storeOf(service), `.${randomUUID()}`);
  const passing = new PassingFile(check);
  try {
    await writeFile(unfinished, passing.watch(bytes), { flush: true, mode: 0o600 });
    const kept = passing.kept();
    const file = fileIn(service, kept.sha256);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rename(unfinished, file);
    // The journal is about to say that it is there. Its folder may be as new as its name in it.
    await syncFolder(dirname(file));
    await syncFolder(storeOf(service));
    return kept;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What is learned of a file while it passes. */
class PassingFile {
  readonly #check: (type: string) => void;
  readonly #hash = createHash("sha256");
  #head = Buffer.alloc(0);
  #bytes = 0;

  constructor(check: (type: string) => void) {
    this.#check = check;
  }

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.#bytes += chunk.byteLength;
      if (this.#head.length < sniffedBytes) {
        this.#head = Buffer.concat([this.#head, chunk]).subarray(0, sniffedBytes);
        if (this.#head.length === sniffedBytes) this.#check(sniff(this.#head).type);
      }
      yield chunk;
    }
    if (this.#head.length < sniffedBytes) this.#check(sniff(this.#head).type);
  }

  kept(): KeptFile {
    return { sha256: this.#hash.digest("hex"), bytes: this.#bytes };
  }
}

/** Where the content with this hash lies: in the store, or else in an archive of the incident. */
export async function whereIs(
  service: WithFiles,
  incident: IncidentId,
  sha256: string,
): Promise<string | undefined> {
  const kept = fileIn(service, sha256);
  if (await exists(kept)) return kept;
  for (const archive of await namesIn(service.rules.archiveFolder)) {
    if (!archive.startsWith(`${incident}--`)) continue;
    const folder = join(service.rules.archiveFolder, archive, "data", "media", sha256.slice(0, 2));
    const name = (await namesIn(folder)).find((file) => file.startsWith(`${sha256}.`));
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}

/** Whether the content with this hash is there and is still what it was. */
export async function isWhole(service: WithFiles, incident: IncidentId, sha256: string): Promise<boolean> {
  const path = await whereIs(service, incident, sha256);
  return path !== undefined && (await readWholeFile(path)).sha256 === sha256;
}

/** At start: removes what was being written when the service ended, and what nobody needs any more. */
export async function putFilesInOrder(service: WithFiles & Pick<Service, "db">): Promise<void> {
  for (const name of await namesIn(storeOf(service))) {
    if (name.startsWith(".")) await rm(join(storeOf(service), name), { force: true });
  }
  await tidyFiles(service);
}

/** Removes from the store what only archived incidents needed: their archives have it, or nobody may. */
export async function tidyFiles(service: WithFiles & Pick<Service, "db">): Promise<void> {
  for (const folder of await namesIn(storeOf(service))) {
    if (folder.startsWith(".")) continue;
    const kept = await namesIn(join(storeOf(service), folder));
    for (const sha256 of await settledAmong(service.db, kept))
      await rm(fileIn(service, sha256), { force: true });
  }
}

/** Removes those of these contents from the store that no incident has a file with any more. */
export async function removeUnused(
  service: WithFiles & Pick<Service, "db">,
  contents: readonly string[],
): Promise<void> {
  for (const sha256 of await unusedAmong(service.db, contents)) {
    await rm(fileIn(service, sha256), { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The names in a folder, sorted; none where it is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (problem) {
    if (
      problem instanceof Error &&
      "code" in problem &&
      (problem.code === "ENOENT" || problem.code === "ENOTDIR")
    )
      return [];
    throw problem;
  }
}
