import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { filesIn, sha256Of, tagManifestFile } from "./bag/bag.ts";
import { type ArchiveName, lineageAfter, type SignedRoot } from "./bag/lineage.ts";
import { placeFor, putInPlace } from "./bag/place.ts";
import { ArchiveFailure } from "./failure.ts";
import { ArchiveRefused, Unreadable } from "./opened/archivefiles.ts";
import { DoesNotHold } from "./opened/level.ts";
import { openArchive } from "./opened/openarchive.ts";
import { letRead, type Readers } from "./readers.ts";
import { checkFiles } from "./verify/checkfiles.ts";

/** An archive in its two forms. */
export interface BothForms {
  readonly folder: string;
  readonly zip: string;
}

/** Where an archive lies in a folder of archives. */
export function formsIn(folder: string, name: string): BothForms {
  return placeFor(folder, name).finished;
}

/** Whether a folder or a zip is the archive of this digest, with every byte of every file. */
export async function isWhole(path: string, digest: string): Promise<boolean> {
  try {
    const files = await openArchive(path);
    try {
      if ((await sha256Of(files.open(tagManifestFile))) !== digest) return false;
      return (await checkFiles(files, () => {})).intact.outcome === "pass";
    } finally {
      await files.close();
    }
  } catch (problem) {
    if (isNotReadable(problem)) return false;
    throw problem;
  }
}

/** The signed roots that a revision of an archive keeps; `undefined` where it is in none of these folders. */
export async function readLineageOf(
  archive: ArchiveName,
  folders: readonly string[],
): Promise<readonly SignedRoot[] | undefined> {
  for (const path of folders
    .map((folder) => formsIn(folder, archive.name))
    .flatMap((at) => [at.folder, at.zip])) {
    try {
      const files = await openArchive(path);
      try {
        return await lineageAfter(files, archive);
      } finally {
        await files.close();
      }
    } catch (problem) {
      if (!isNotReadable(problem)) throw problem;
    }
  }
  return undefined;
}

function isNotReadable(problem: unknown): boolean {
  return problem instanceof ArchiveRefused || problem instanceof Unreadable || problem instanceof DoesNotHold;
}

/**
 * Copies an archive into a folder that is there, and reads the copy again. Until it is whole and on the disk
 * nothing lies in the place; what an interrupted attempt left is thrown away.
 *
 * @param readers who may read the copy
 * @throws ArchiveFailure `copy-differs` where what was read back is not the archive, `archive-exists`; or what
 * the file system throws
 */
export async function copyArchive(
  { name, digest }: ArchiveName,
  from: BothForms,
  to: string,
  readers: Readers = "owner",
): Promise<BothForms> {
  const place = placeFor(to, name);
  await rm(place.workshop, { recursive: true, force: true });
  try {
    // Never with those above it: a share that is not mounted must not become an ordinary folder.
    await mkdir(place.workshop, { mode: 0o700 });
    for (const file of await filesIn(from.folder)) {
      await copyFile(join(from.folder, file), join(place.unfinished.folder, file));
    }
    await copyFile(from.zip, place.unfinished.zip);
    for (const form of [place.unfinished.folder, place.unfinished.zip]) {
      if (await isWhole(form, digest)) continue;
      throw new ArchiveFailure("copy-differs", `What was read back from ${to} is not ${name}.`);
    }
    await letRead(readers, place.unfinished);
    await putInPlace(place, false);
  } catch (problem) {
    // What is wrong with the folder may keep this from being done too; the next attempt begins with it.
    await rm(place.workshop, { recursive: true, force: true }).catch(() => {});
    throw problem;
  }
  return place.finished;
}

/** Takes an archive away. The zip goes first, so that a folder without one is a removal that was interrupted. */
export async function removeArchive(folder: string, name: string): Promise<void> {
  const { finished, workshop } = placeFor(folder, name);
  await rm(finished.zip, { force: true });
  await rm(finished.folder, { recursive: true, force: true });
  await rm(workshop, { recursive: true, force: true });
}

/** Whether a folder is there. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await pipeline(createReadStream(from), createWriteStream(to, { flush: true, mode: 0o600 }));
}
