import { spawn } from "node:child_process";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { orExplain } from "./failure.js";
import { cacheFile, checkout } from "./places.js";
import { nodePath, runsTypeScript } from "./runtime.js";

/** Asks a service to end; a terminal sends the others to everyone attached to it, by itself. */
const passedOn = process.stdin.isTTY ? ["SIGTERM"] : ["SIGTERM", "SIGINT", "SIGHUP"];
const received = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * How to go on with a program of the checkout.
 *
 * @typedef {object} Launch
 * @property {readonly string[]} [flags] for Node.js itself
 * @property {boolean} [keepsCompiled] whether the program is kept as compiled, in the cache folder, for the next
 *   time. Without it nothing is written, and a compile cache is used where NODE_COMPILE_CACHE names one
 * @property {boolean} [reloads] whether SIGHUP is a wish to the program, which is passed on in any case
 * @property {number} [failureCode] the exit code where there is no Node.js to go on with
 */

/**
 * Goes on with a program of the checkout: within this process where its Node.js is new enough, else in one
 * of its own. Its exit code, or the signal it ended by, becomes that of this process.
 *
 * @param {string} script path within the checkout
 * @param {readonly string[]} args
 * @param {Launch} launch
 */
export async function goOnWith(script, args, launch = {}) {
  const { flags = [], keepsCompiled = false, reloads = false, failureCode = 1 } = launch;
  const file = join(checkout, script);
  const env = environment(keepsCompiled);
  if (runsTypeScript(process.versions.node)) {
    if (flags.length > 0) beginAnew([...flags, file, ...args], env);
    process.argv.splice(1, Infinity, file, ...args);
    if (keepsCompiled) nodeModule.enableCompileCache?.(env.NODE_COMPILE_CACHE);
    await import(pathToFileURL(file).href);
    return;
  }
  const node = await orExplain(async () => nodePath(), failureCode);
  const leash = pathToFileURL(join(checkout, "bin/setup/leash.js")).href;
  const program = ["--import", leash, ...flags, file, ...args];
  endAs(await runInForeground(node, program, { env, leashed: true, reloads }));
}

/**
 * Becomes the same Node.js with other flags, as the same process: no second one stays behind it. Where the
 * system cannot do that (Windows), it goes on without them.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function beginAnew(args, env) {
  if (process.platform === "win32") return;
  process.execve?.(process.execPath, [process.execPath, ...args], env);
}

/**
 * What programs of the checkout run with besides what is there. Keeping them as compiled, they start in half the time,
 * and do without the 30 MB of the TypeScript compiler.
 *
 * @param {boolean} keepsCompiled
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(keepsCompiled = true) {
  const folder = keepsCompiled ? compiledFolder() : undefined;
  // Threads that allocate in areas of their own leave each of them half empty (glibc, mallopt).
  return {
    MALLOC_ARENA_MAX: "1",
    ...process.env,
    ...(folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }),
  };
}

/**
 * Where Node.js keeps programs as it compiled them, for this user alone. Undefined where nothing can be written: it
 * is a matter of speed only.
 */
function compiledFolder() {
  try {
    return dirname(cacheFile("compiled/folder"));
  } catch {
    return undefined;
  }
}

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ending */

/**
 * Runs a program that has the terminal to itself: input, output and signals are its own.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, leashed?: boolean, reloads?: boolean }} options `leashed` programs load
 *   `leash.js`; those that `reload` get every SIGHUP, twice where a terminal sends it to them, too
 * @returns {Promise<Ending>}
 */
export async function runInForeground(command, args, { env, leashed = false, reloads = false } = {}) {
  /** @type {import("node:child_process").StdioOptions} */
  const stdio = leashed ? ["inherit", "inherit", "inherit", "ipc"] : "inherit";
  const child = spawn(command, args, { stdio, cwd: process.cwd(), ...(env ? { env } : {}) });
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    if (passedOn.includes(signal) || (reloads && signal === "SIGHUP")) child.kill(signal);
  };
  for (const signal of received) process.on(signal, passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  } finally {
    for (const signal of received) process.off(signal, passOn);
  }
}

/**
 * Ends this process the way another one ended.
 *
 * @param {Ending} ending
 */
export function endAs({ code, signal }) {
  if (signal) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}
