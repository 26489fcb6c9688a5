import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diskFull, readOnly, SetupFailure } from "./failure.js";
import { withLock } from "./lock.js";
import { cacheFailure, cacheFolder } from "./places.js";
import { run } from "./program.js";
import { withProgress } from "./progress.js";
import { findPython, venvMissing } from "./python.js";

/**
 * A program in Python, with everything it needs, in a virtual environment of its own.
 *
 * @typedef {object} PythonProgram
 * @property {string} name in names of files and of failures: "synapse"
 * @property {string} title as people call it: "Synapse"
 * @property {string} variable the environment variable that names a Python which has it
 * @property {string} requirements the file that lists every package with its hash
 */

/** Every file with its hash, and nothing that would have to be compiled. */
const pipInstall = [
  ...["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"],
  ...["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--requirement"],
];

/**
 * A Python with a program in it: a virtual environment in the cache folder, made and filled where it is missing
 * or was left half-made.
 *
 * @param {PythonProgram} program
 * @returns {Promise<string>} the path of its interpreter
 */
export async function ensureVenv(program) {
  const digest = createHash("sha256").update(readFileSync(program.requirements)).digest("hex");
  const folder = join(cacheFolder(), `${program.name}-${digest.slice(0, 12)}`);
  if (!isReady(folder)) {
    await withProgress(`installing ${program.title} (pip)`, () =>
      withLock(program.name, async () => {
        if (!isReady(folder)) await build(program, folder);
      }),
    );
  }
  return interpreter(folder);
}

/** @param {string} folder */
const interpreter = (folder) => join(folder, "bin/python");

/** @param {string} folder */
const stamp = (folder) => join(folder, "cordon-ready");

/**
 * The stamp is written last and names the interpreter the environment was made with: after an upgrade of the
 * system's Python the link in it points to another one, or to none.
 *
 * @param {string} folder
 */
function isReady(folder) {
  try {
    return readFileSync(stamp(folder), "utf8") === realpathSync(interpreter(folder));
  } catch {
    return false;
  }
}

/**
 * @param {PythonProgram} program
 * @param {string} folder
 */
async function build(program, folder) {
  const python = findPython(program);
  try {
    rmSync(folder, { recursive: true, force: true });
    await makeVenv(program, python, folder);
    await install(program, folder);
    writeFileSync(stamp(folder), realpathSync(interpreter(folder)), { mode: 0o600 });
  } catch (error) {
    discard(folder);
    throw cacheFailure(error);
  }
}

/**
 * @param {PythonProgram} program
 * @param {import("./python.js").Python} python
 * @param {string} folder
 */
async function makeVenv(program, { command, version }, folder) {
  const outcome = await run(command, ["-m", "venv", folder], { log: logOf(program) });
  if (outcome.ok && existsSync(interpreter(folder))) return;
  if (/ensurepip|No module named '?venv/.test(outcome.output)) throw venvMissing(version);
  throw whyItFailed(program, outcome);
}

/** @param {PythonProgram} program */
const logOf = ({ name }) => `${name}.log`;

/**
 * @param {PythonProgram} program
 * @param {string} folder
 */
async function install(program, folder) {
  // Where someone has set pip to install for the user alone, it would refuse to work in here.
  const env = { ...process.env, PIP_USER: "0" };
  const outcome = await run(interpreter(folder), [...pipInstall, program.requirements], {
    log: logOf(program),
    env,
    append: true,
  });
  if (!outcome.ok) throw whyItFailed(program, outcome);
}

/**
 * @param {PythonProgram} program
 * @param {import("./program.js").Outcome} outcome
 */
function whyItFailed({ name, title, variable }, { output, log }) {
  if (/No space left on device|Errno 28/.test(output)) return diskFull(cacheFolder());
  if (/Read-only file system|Permission denied|Errno 13|Errno 30/.test(output)) {
    return readOnly(
      `The cache folder ${cacheFolder()} or pip's own`,
      `Make both writable, or name another with CORDON_CACHE=FOLDER; pip's log is ${log}.`,
    );
  }
  if (/DO NOT MATCH THE HASHES/.test(output)) {
    return new SetupFailure(
      `${name}-altered`,
      `A Python package is not the one whose hash is known. Ask whoever runs the package index; pip's log is ${log}.`,
    );
  }
  const network =
    /(NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|CERTIFICATE_VERIFY_FAILED|Max retries exceeded|Temporary failure in name resolution|40[137] Client Error|50\d Server Error)/.exec(
      output,
    );
  if (network) {
    return new SetupFailure(
      "pip-unreachable",
      `pip could not reach its package index (${network[1]}). Check the network, the proxy and "pip config list", and run this again; pip's log is ${log}.`,
    );
  }
  if (/No matching distribution|Could not find a version/.test(output)) {
    return new SetupFailure(
      `${name}-no-wheel`,
      `${title} does not come ready made for this machine. Install it by other means and name its Python with ${variable}=PATH; pip's log is ${log}.`,
    );
  }
  return new SetupFailure(`${name}-failed`, `${title} could not be installed. The log says why: ${log}.`);
}

/** @param {string} folder */
function discard(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Without its stamp it is not used, and the next attempt begins with removing it.
  }
}
