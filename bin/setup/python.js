import { spawnSync } from "node:child_process";
import { SetupFailure } from "./failure.js";

/** The versions of Python 3 for which everything that is needed comes ready made. */
const oldest = 10;
const newest = 14;
const wanted = `Python 3.${oldest} to 3.${newest}`;

const names = ["python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python3", "python"];

/** Prints its version and whether it can make virtual environments: "3.11.7 True". */
const probe = [
  "import sys, importlib.util as u",
  "print('%d.%d.%d' % sys.version_info[:3], bool(u.find_spec('venv') and u.find_spec('ensurepip')))",
].join("; ");

/**
 * A Python that can make virtual environments.
 *
 * @typedef {object} Python
 * @property {string} command
 * @property {string} version "3.11.7"
 */

/**
 * Finds a Python on the path that suits a program.
 *
 * @param {import("./venv.js").PythonProgram} program
 * @returns {Python}
 */
export function findPython(program) {
  const found = names.flatMap(examine);
  const suitable = found.filter(({ minor }) => minor >= oldest && minor <= newest);
  const complete = suitable.find(({ canMakeVenv }) => canMakeVenv);
  if (complete) return complete;
  throw whyNot(program, found, suitable);
}

/**
 * @param {string} command
 * @returns {(Python & { minor: number, canMakeVenv: boolean })[]} empty where there is no such Python
 */
function examine(command) {
  const { status, stdout } = spawnSync(command, ["-c", probe], { encoding: "utf8" });
  const [, version, minor, venv] = /^(3\.(\d+)\.\d+) (True|False)/.exec(stdout ?? "") ?? [];
  if (status !== 0 || version === undefined) return [];
  return [{ command, version, minor: Number(minor), canMakeVenv: venv === "True" }];
}

/**
 * @param {import("./venv.js").PythonProgram} program
 * @param {readonly { version: string, minor: number }[]} found
 * @param {readonly { version: string, minor: number }[]} suitable
 */
function whyNot({ title, variable }, found, suitable) {
  if (suitable[0]) return venvMissing(suitable[0].version);
  const instead = `or name a Python that has ${title} with ${variable}=PATH.`;
  if (found[0]) {
    const versions = [...new Set(found.map(({ version }) => version))].join(", ");
    return new SetupFailure(
      found.every(({ minor }) => minor < oldest) ? "python-too-old" : "python-missing",
      `${title} needs ${wanted}, and here is only ${versions}. Install one of them next to it, ${instead}`,
    );
  }
  return new SetupFailure(
    "python-missing",
    `${title} needs ${wanted}, and here is none. Install it, ${instead}`,
  );
}

/** @param {string} version */
export function venvMissing(version) {
  const minor = version.split(".").slice(0, 2).join(".");
  return new SetupFailure(
    "venv-missing",
    `Python ${version} lacks the modules venv and ensurepip. On Debian and Ubuntu: apt install python${minor}-venv`,
  );
}
