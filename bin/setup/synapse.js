import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diskFull, readOnly, SetupFailure } from "./failure.js";
import { withLock } from "./lock.js";
import { cacheFailure, cacheFolder, checkout } from "./places.js";
import { run } from "./program.js";
import { withProgress } from "./progress.js";
import { findPython, venvMissing } from "./python.js";

const requirements = join(checkout, "bin/setup/synapse-requirements.txt");

/** Every file with its hash, and nothing that would have to be compiled. */
const pipInstall = [
  ...["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--requirement", requirements],
  ...["--disable-pip-version-check", "--no-input", "--progress-bar", "off"],
];

/**
 * A Python with Synapse in it: the one `CORDON_SYNAPSE_PYTHON` names, else a virtual environment in the cache
 * folder, made and filled where it is missing or was left half-made.
 *
 * @returns {Promise<string>} the path of its interpreter
 */
export async function ensureSynapse() {
  if (process.platform === "win32") {
    throw new SetupFailure("synapse-platform", "Synapse does not run on Windows. Run this in WSL.");
  }
  const named = process.env.CORDON_SYNAPSE_PYTHON;
  if (named) return checkNamed(named);
  const content = readFileSync(requirements);
  const folder = join(
    cacheFolder(),
    `synapse-${createHash("sha256").update(content).digest("hex").slice(0, 12)}`,
  );
  if (!isReady(folder)) {
    await withProgress("installing Synapse (pip)", () =>
      withLock("synapse", async () => {
        if (!isReady(folder)) await build(folder);
      }),
    );
  }
  return interpreter(folder);
}

/** @param {string} named */
function checkNamed(named) {
  const wanted =
    /^matrix-synapse==(\d+)\.(\d+)\.(\d+)/m.exec(readFileSync(requirements, "utf8"))?.slice(1) ?? [];
  const print = "import synapse; print('synapse', synapse.__version__)";
  const { status, stdout } = spawnSync(named, ["-c", print], { encoding: "utf8" });
  const version = /^synapse ((\d+)\.(\d+)\.(\d+)\S*)/m.exec(stdout ?? "");
  if (status !== 0 || version === null) {
    throw new SetupFailure(
      "synapse-unusable",
      `CORDON_SYNAPSE_PYTHON=${named} is no Python that can import synapse. Name another, or leave it out to have Synapse installed.`,
    );
  }
  if (isOlder(version.slice(2), wanted)) {
    throw new SetupFailure(
      "synapse-unusable",
      `CORDON_SYNAPSE_PYTHON=${named} has Synapse ${version[1]}, and ${wanted.join(".")} or newer is needed. Upgrade it, or leave the variable out.`,
    );
  }
  return named;
}

/**
 * @param {readonly string[]} version
 * @param {readonly string[]} than
 */
function isOlder(version, than) {
  const at = than.findIndex((part, index) => part !== version[index]);
  return at !== -1 && Number(version[at]) < Number(than[at]);
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

/** @param {string} folder */
async function build(folder) {
  const python = findPython();
  try {
    rmSync(folder, { recursive: true, force: true });
    await makeVenv(python, folder);
    await install(folder);
    writeFileSync(stamp(folder), realpathSync(interpreter(folder)));
  } catch (error) {
    discard(folder);
    throw cacheFailure(error);
  }
}

/**
 * @param {import("./python.js").Python} python
 * @param {string} folder
 */
async function makeVenv({ command, version }, folder) {
  const outcome = await run(command, ["-m", "venv", folder], { log: "synapse.log" });
  if (outcome.ok && existsSync(interpreter(folder))) return;
  if (/ensurepip|No module named '?venv/.test(outcome.output)) throw venvMissing(version);
  throw whyItFailed(outcome);
}

/** @param {string} folder */
async function install(folder) {
  // Where someone has set pip to install for the user alone, it would refuse to work in here.
  const env = { ...process.env, PIP_USER: "0" };
  const outcome = await run(interpreter(folder), pipInstall, { log: "synapse.log", env, append: true });
  if (!outcome.ok) throw whyItFailed(outcome);
}

/** @param {import("./program.js").Outcome} outcome */
function whyItFailed({ output, log }) {
  if (/No space left on device|Errno 28/.test(output)) return diskFull(cacheFolder());
  if (/Read-only file system|Permission denied|Errno 13|Errno 30/.test(output)) {
    return readOnly(
      `The cache folder ${cacheFolder()} or pip's own`,
      `Make both writable, or name another with CORDON_CACHE=FOLDER; pip's log is ${log}.`,
    );
  }
  if (/DO NOT MATCH THE HASHES/.test(output)) {
    return new SetupFailure(
      "synapse-altered",
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
      "synapse-no-wheel",
      `Synapse does not come ready made for this machine. Install it by other means and name its Python with CORDON_SYNAPSE_PYTHON=PATH; pip's log is ${log}.`,
    );
  }
  return new SetupFailure("synapse-failed", `Synapse could not be installed. The log says why: ${log}.`);
}

/** @param {string} folder */
function discard(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Without its stamp it is not used, and the next attempt begins with removing it.
  }
}
