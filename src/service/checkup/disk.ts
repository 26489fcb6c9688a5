import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../config/config.ts";
import { counted, doubtful, type Finding, ill, well } from "./finding.ts";

/** Below this, in bytes, the next archive may not fit; and below that, the next event. */
const little = 1e9;
const hardlyAny = 100e6;

/** How much space there is under the database and under the archives. */
export async function checkSpace(config: Config): Promise<Finding> {
  const places = [config.archive.folder];
  if (config.database.engine === "sqlite") places.unshift(dirname(config.database.file));
  const free = await Promise.all(places.map(async (place) => ({ place, bytes: await freeUnder(place) })));
  const least = free.reduce((a, b) => (b.bytes < a.bytes ? b : a));
  const says = `${inWords(least.bytes)} free under ${least.place}`;
  const cure = "Free some space, or name a place on another disk in the configuration.";
  if (least.bytes < hardlyAny) return ill("disk space", says, cure);
  return least.bytes < little ? doubtful("disk space", says, cure) : well("disk space", says);
}

/** Whether archives can be written where the configuration says. */
export async function checkArchiveFolder(folder: string): Promise<Finding> {
  const nearest = await nearestThere(folder);
  const cure = `Give the user that runs Cordon write access to ${nearest}, or name another place in archive.folder.`;
  try {
    if (!(await stat(nearest)).isDirectory()) {
      return ill("archive folder", `${nearest} is no folder`, "Name another place in archive.folder.");
    }
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    return ill("archive folder", `${nearest} cannot be written (${codeOf(error)})`, cure);
  }
  return well("archive folder", nearest === folder ? folder : `${folder}, made when it is needed`);
}

/**
 * Whether archives can be copied into the second folder, which nobody makes by themselves: where a share is not
 * mounted there is none.
 *
 * @param waiting how many have yet to be copied
 */
export async function checkCopyFolder(folder: string, waiting: number): Promise<Finding> {
  const check = "archive copies";
  const wait = waiting === 0 ? "" : `; not copied yet: ${counted(waiting, "archive")}`;
  try {
    if (!(await stat(folder)).isDirectory()) {
      return ill(check, `${folder} is no folder${wait}`, "Name another place in archive.copy_to.");
    }
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return ill(check, `${folder} is not there${wait}`, "Mount the share, or make the folder.");
    }
    const cure = `Give the user that runs Cordon write access to ${folder}, or mount it so that it can be written.`;
    return ill(check, `${folder} cannot be written (${codeOf(error)})${wait}`, cure);
  }
  if (waiting === 0) return well(check, folder);
  return doubtful(
    check,
    `${folder}${wait}`,
    "The service copies them as soon as it can; its log says what it waits for.",
  );
}

async function freeUnder(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestThere(path));
  return bavail * bsize;
}

/** The path itself, or the nearest folder above it that is there. */
async function nearestThere(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch {
    const above = dirname(path);
    return above === path ? path : nearestThere(above);
  }
}

function inWords(bytes: number): string {
  return bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
