import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { diskFull, readOnly, SetupFailure } from "./failure.js";

/** The folder of the checkout. */
export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Where what was fetched is kept between runs: `CORDON_CACHE`, else the place the system has for caches.
 *
 * @throws {SetupFailure} where neither is known
 */
export function cacheFolder() {
  const { CORDON_CACHE, XDG_CACHE_HOME } = process.env;
  if (CORDON_CACHE) return resolve(CORDON_CACHE);
  if (process.platform === "darwin") return join(home(), "Library/Caches/cordon");
  return join(XDG_CACHE_HOME || join(home(), ".cache"), "cordon");
}

function home() {
  try {
    return homedir();
  } catch {
    // The system does not know this user, as in a container that runs under any number.
    throw new SetupFailure(
      "no-cache-folder",
      "This user has no home folder. Name one with CORDON_CACHE=FOLDER.",
    );
  }
}

/**
 * A file in the cache, its folder made where it is missing, for this user alone.
 *
 * @param {string} name may have folders in it
 * @returns {string} the full path
 */
export function cacheFile(name) {
  const file = join(cacheFolder(), name);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cacheFailure(error);
  }
  return file;
}

/**
 * What a failed write to the cache means to the person at the keyboard.
 *
 * @param {unknown} error
 */
export function cacheFailure(error) {
  const code = codeOf(error);
  const folder = cacheFolder();
  if (code === "ENOSPC") return diskFull(folder);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "ENOENT") {
    return readOnly(`The cache folder ${folder}`, "Name another one with CORDON_CACHE=FOLDER.");
  }
  return error;
}

/**
 * The code of a system error, `ENOENT` for example.
 *
 * @param {unknown} error
 */
export function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
