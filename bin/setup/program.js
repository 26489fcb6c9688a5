import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
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
 * Runs a program to its end, its output kept in a log file of the cache.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, append?: boolean }} options `log`: the file's name
 * @returns {Promise<Outcome>}
 */
export async function run(command, args, { log, cwd, env, append }) {
  const file = cacheFile(`logs/${log}`);
  const handle = openLog(file, append ? "a" : "w");
  const start = append ? statSync(file).size : 0;
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", handle, handle],
      // npm is a batch file on Windows, which only a shell can start.
      shell: process.platform === "win32",
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
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
    return openSync(file, flag);
  } catch (error) {
    throw cacheFailure(error);
  }
}
