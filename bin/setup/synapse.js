import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.js";
import { checkout } from "./places.js";
import { ensureVenv } from "./venv.js";

const requirements = join(checkout, "bin/setup/synapse-requirements.txt");

/**
 * A Python with Synapse in it: the one `CORDON_SYNAPSE_PYTHON` names, else one in the cache folder.
 *
 * @returns {Promise<string>} the path of its interpreter
 */
export async function ensureSynapse() {
  if (process.platform === "win32") {
    throw new SetupFailure("synapse-platform", "Synapse does not run on Windows. Run this in WSL.");
  }
  const variable = "CORDON_SYNAPSE_PYTHON";
  const named = process.env[variable];
  if (named) return checkNamed(named);
  return ensureVenv({ name: "synapse", title: "Synapse", variable, requirements });
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
