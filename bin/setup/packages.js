import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diskFull, readOnly, SetupFailure } from "./failure.js";
import { withLock } from "./lock.js";
import { checkout } from "./places.js";
import { run } from "./program.js";
import { withProgress } from "./progress.js";

/**
 * Development packages too, whatever NODE_ENV says: Node 24 is one of them. Errors only: npm's warnings are
 * about its own Node being older than what the packages want, which is what that Node 24 is for. Retries come
 * sooner than npm's own 10 and 60 s, so that a network that is down is known after seconds.
 */
const npmCi = [
  ...["ci", "--include=dev", "--include=optional", "--loglevel=error", "--no-audit", "--no-fund"],
  ...["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"],
];

/** Installs the packages with `npm ci` where they are missing or not those of `package-lock.json`. */
export async function ensurePackages() {
  if (arePackagesThere()) return;
  const lockName = `packages-${createHash("sha256").update(checkout).digest("hex").slice(0, 12)}`;
  await withProgress("installing the packages (npm ci)", () =>
    withLock(lockName, async () => {
      if (!arePackagesThere()) await install();
    }),
  );
}

/**
 * Compares what npm says it installed with what was asked for. npm writes that file last, so a broken-off
 * installation is seen as well. Packages for other machines are marked optional, and absent.
 */
function arePackagesThere() {
  const wanted = packagesOf("package-lock.json");
  const there = packagesOf("node_modules/.package-lock.json");
  if (wanted === undefined)
    throw new SetupFailure(
      "packages-failed",
      "package-lock.json is missing or damaged. Restore it from the repository.",
    );
  if (there === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/")) return true;
    const installed = there[path];
    if (installed === undefined) return entry.optional === true && !isForThisMachine(entry);
    return installed.version === entry.version;
  });
}

/** @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry */

/**
 * @param {string} lockfile
 * @returns {Record<string, Entry> | undefined} what it lists; undefined where it cannot be read
 */
function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(join(checkout, lockfile), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * Whether npm installs an optional package here. One that also asks for a certain C library or for no machine
 * in particular may be left out rightly, so it is not insisted on.
 *
 * @param {Entry} entry
 */
function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined || libc !== undefined) return false;
  return os.includes(process.platform) && cpu.includes(process.arch);
}

async function install() {
  const outcome = await run("npm", npmCi, { cwd: checkout, log: "npm-ci.log" });
  if (!outcome.found) {
    throw new SetupFailure(
      "npm-missing",
      "npm was not found. Install Node.js together with npm and run this again.",
    );
  }
  if (!outcome.ok) throw whyNpmFailed(outcome);
  if (!arePackagesThere()) {
    throw new SetupFailure(
      "packages-failed",
      `npm ended well but did not install everything. Remove node_modules and run this again; npm's log is ${outcome.log}.`,
    );
  }
}

/** @param {import("./program.js").Outcome} outcome */
function whyNpmFailed({ output, log }) {
  if (/ENOSPC|no space left/i.test(output)) return diskFull(checkout);
  if (/EROFS|EACCES|EPERM|read-only file system|permission denied/i.test(output)) {
    return readOnly(
      `The checkout ${checkout} or npm's cache`,
      `Make both writable for this user and run this again; npm's log is ${log}.`,
    );
  }
  const network =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|\w+_SOCKET_TIMEOUT|\w*CERT\w*|E401|E403|E5\d\d)\b/.exec(
      output,
    );
  if (network) {
    return new SetupFailure(
      "registry-unreachable",
      `npm could not reach its package registry (${network[1]}). Check the network, the proxy and "npm config get registry", and run this again; npm's log is ${log}.`,
    );
  }
  if (/EINTEGRITY/.test(output)) {
    return new SetupFailure(
      "package-altered",
      `A package from the registry is not the one in package-lock.json. Run "npm cache clean --force" and this again; if it stays, ask whoever runs the registry. npm's log is ${log}.`,
    );
  }
  if (/E404|ETARGET/.test(output)) {
    return new SetupFailure(
      "package-missing",
      `The package registry lacks a package that is needed. Look for E404 in npm's log ${log}, and set a complete registry with "npm config set registry URL".`,
    );
  }
  return new SetupFailure(
    "packages-failed",
    `The packages could not be installed. npm's log says why: ${log}.`,
  );
}
