import { spawn } from "node:child_process";
import { closeSync, fchmodSync, openSync, readFileSync, statSync } from "node:fs";
import { cacheFailure, cacheFile } from "./places.js";

/**
 * How a program ended.
 *
 * @typedef {object} Outcome
 * @property {boolean} found whether there is such a program at all
 * @property {boolean} ok whether it ended with exit code 0
 * @property {string} output what it wrote, on both streams
 * @property {string} log the file that keeps the output
 */

/**
 * How to run a program.
 *
 * @typedef {object} Options
 * @property {string} log the log file's name
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [append] to the log
 * @property {boolean} [shared] whether its files get the user's usual modes, and not those of this user alone
 */

/**
 * Runs a program to its end, its output kept in a log file of the cache.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export async function run(command, args, { log, cwd, env, append, shared = false }) {
  const file = cacheFile(`logs/${log}`);
  const handle = openLog(file, append ? "a" : "w");
  const start = append ? statSync(file).size : 0;
  const code = await new Promise((resolve) => {
    // A program inherits the mask that stands while it is started.
    const usual = shared ? undefined : process.umask(0o077);
    const child = spawn(command, args, {
      stdio: ["ignore", handle, handle],
      // npm is a batch file on Windows, which only a shell can start.
      shell: process.platform === "win32",
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    if (usual !== undefined) process.umask(usual);
    child.once("error", () => resolve("missing"));
    child.once("close", resolve);
  });
  closeSync(handle);
  const output = readFileSync(file).subarray(start).toString();
  return { found: code !== "missing", ok: code === 0, output, log: file };
}

/**
 * @param {string} file
 * @param {"a" | "w"} flag
 */
function openLog(file, flag) {
  try {
    const handle = openSync(file, flag, 0o600);
    // It may be there already, with other modes.
    fchmodSync(handle, 0o600);
    return handle;
  } catch (error) {
    throw cacheFailure(error);
  }
}
