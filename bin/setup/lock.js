import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { cacheFailure, cacheFile, codeOf } from "./places.js";

/** How often the owner of a lock says that it is alive, and after what silence it is taken for dead; ms. */
const heartbeat = 2_000;
const silence = 30_000;

/**
 * Does work that two processes must not do at the same time, waiting until another one is through with it.
 * The lock of a process that died is taken over.
 *
 * @template T
 * @param {string} name of the lock, a file name
 * @param {() => Promise<T>} work looks again whether anything is left to do: another process may have done it
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const file = cacheFile(`locks/${name}`);
  const token = `${process.pid} ${randomUUID()}`;
  while (!take(file, token)) {
    clearAbandoned(file);
    await delay(100);
  }
  const timer = setInterval(() => touch(file), heartbeat);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (contentOf(file) === token) rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} token
 */
function take(file, token) {
  try {
    writeFileSync(file, token, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw cacheFailure(error);
  }
}

/**
 * Removes the lock of a process that is gone. Moving it aside comes first: of two processes that find it
 * abandoned only one can move it, and one that moved a fresh lock by mistake gives it back.
 *
 * @param {string} file
 */
function clearAbandoned(file) {
  const found = contentOf(file);
  if (found === undefined || !isAbandoned(file, found)) return;
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (contentOf(aside) !== found) linkSync(aside, file);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "EEXIST") throw cacheFailure(error);
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} token
 */
function isAbandoned(file, token) {
  const written = writtenMs(file);
  if (written === undefined) return false;
  // An empty file belongs to a process that is about to write its number into it.
  if (token !== "" && !isRunning(Number.parseInt(token, 10))) return true;
  return Date.now() - written > silence;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function writtenMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // The lock was taken for abandoned, by a machine that slept for example; the work goes on all the same.
  }
}
