import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tagManifestFile } from "./bag.ts";
import { ArchiveFailure } from "./failure.ts";

/** Where an archive is made and where it comes to lie, folder and zip. */
export interface Place {
  /** Everything that is not finished is in here. */
  readonly workshop: string;
  readonly unfinished: { readonly folder: string; readonly zip: string };
  readonly finished: { readonly folder: string; readonly zip: string };
}

export function placeFor(folder: string, name: string): Place {
  const workshop = join(folder, `.${name}.partial`);
  return {
    workshop,
    unfinished: { folder: join(workshop, name), zip: join(workshop, `${name}.zip`) },
    finished: { folder: join(folder, name), zip: join(folder, `${name}.zip`) },
  };
}

/**
 * Puts a finished archive in its place. The zip comes last, so that where both are both are whole. What was
 * in the place gives way where it is the same archive, or where `supersede` says so.
 * @throws ArchiveFailure `archive-exists`.
 */
export async function putInPlace(place: Place, supersede: boolean): Promise<void> {
  const found = await identityOf(place.finished.folder);
  const made = await identityOf(place.unfinished.folder);
  if (found !== undefined && found !== made && !supersede) {
    throw new ArchiveFailure(
      "archive-exists",
      `There is another archive at ${place.finished.folder}. Move it away, or choose another folder.`,
    );
  }
  await syncFolders(place.unfinished.folder);
  // Moved, not deleted: a deletion that is interrupted would leave half an archive in the place.
  await rename(place.finished.folder, join(place.workshop, "superseded")).catch(unlessMissing);
  await rename(place.unfinished.folder, place.finished.folder);
  await rename(place.unfinished.zip, place.finished.zip);
  await syncFolder(dirname(place.finished.folder));
  await rm(place.workshop, { recursive: true, force: true });
}

/** Writes a folder's own list of names to the disk, after those below it: only then they outlast a power cut. */
async function syncFolders(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  }
  await syncFolder(path);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** An archive by its tag manifest; `undefined` where there is none. */
async function identityOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, tagManifestFile), "utf8").catch(unlessMissing);
}

function unlessMissing(problem: unknown): undefined {
  if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return undefined;
  throw problem;
}
