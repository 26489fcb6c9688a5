import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ArchiveFailure } from "../failure.ts";
import { syncFolder, syncFolders } from "../files/durable.ts";
import { tagManifestFile } from "./bag.ts";

/** Where an archive is made and where it comes to lie, folder and zip. */
export interface Place {
  /** Everything that is not finished is in here. */
  readonly workshop: string;
  /** What the walk has brought so far: the one thing of an interrupted attempt that is worth keeping. */
  readonly walk: string;
  readonly unfinished: { readonly folder: string; readonly zip: string };
  readonly finished: { readonly folder: string; readonly zip: string };
}

/** `builder` sets the workshop apart from that of anybody else who may be at work on the same archive. */
export function placeFor(folder: string, name: string, builder?: number): Place {
  const whose = builder === undefined ? "" : `-${builder}`;
  const workshop = join(folder, `${workshopsOf(name)}${whose}`);
  return {
    workshop,
    walk: join(workshop, "walk"),
    unfinished: { folder: join(workshop, name), zip: join(workshop, `${name}.zip`) },
    finished: { folder: join(folder, name), zip: join(folder, `${name}.zip`) },
  };
}

/** What the workshops of an archive are called, but for their builder. */
function workshopsOf(name: string): string {
  return `.${name}.partial`;
}

/**
 * Prepares the workshop. Of what an interrupted attempt left, in this workshop or in another builder's, only the
 * walk stays. Whoever is still at work there loses it from under their feet, and comes to nothing.
 */
export async function beginWork(place: Place): Promise<void> {
  await takeOver(place);
  if (!existsSync(place.finished.folder)) {
    await rename(superseded(place), place.finished.folder).catch(unlessMissing);
  }
  const left = await readdir(place.workshop).catch(unlessMissing);
  for (const name of left ?? []) {
    if (name !== basename(place.walk)) await rm(join(place.workshop, name), { recursive: true });
  }
  await mkdir(place.unfinished.folder, { recursive: true, mode: 0o700 });
}

async function takeOver({ workshop, finished }: Place): Promise<void> {
  const folder = dirname(workshop);
  for (const name of await readdir(folder)) {
    const left = join(folder, name);
    if (!name.startsWith(workshopsOf(basename(finished.folder))) || left === workshop) continue;
    if (existsSync(workshop)) await rm(left, { recursive: true });
    else await rename(left, workshop);
  }
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
  await rename(place.finished.folder, superseded(place)).catch(unlessMissing);
  await rename(place.unfinished.folder, place.finished.folder);
  await rename(place.unfinished.zip, place.finished.zip);
  await syncFolder(dirname(place.finished.folder));
  await rm(place.workshop, { recursive: true, force: true });
}

/** Where an archive lies for a moment that gives way to another of its name. */
function superseded({ workshop }: Place): string {
  return join(workshop, "superseded");
}

/** An archive by its tag manifest; `undefined` where there is none. */
async function identityOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, tagManifestFile), "utf8").catch(unlessMissing);
}

function unlessMissing(problem: unknown): undefined {
  if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return undefined;
  throw problem;
}
