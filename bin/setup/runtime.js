import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.js";
import { checkout } from "./places.js";

/**
 * From here on Node runs TypeScript without a flag and without a warning (24.3), and its hooks see a CommonJS
 * package require a module (24.12): a service keeps its program by them.
 */
const needed = { major: 24, minor: 12 };

/**
 * Whether a Node.js runs Cordon's source as it stands.
 *
 * @param {string} version "24.3.0"
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > needed.major || (major === needed.major && minor >= needed.minor);
}

/** The Node.js to go on with: the one that runs this where it is new enough, else the one among the packages. */
export function nodePath() {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const fromPackages = join(
    checkout,
    "node_modules/node/bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (existsSync(fromPackages)) return fromPackages;
  throw new SetupFailure(
    "runtime-missing",
    `Node.js ${process.versions.node} is too old, and the Node.js 24 among the packages is missing (npm's ignore-scripts may be set). Run "npm rebuild node", or install Node.js ${needed.major}.${needed.minor} or newer.`,
  );
}
