import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.js";
import { withLock } from "./lock.js";
import { runNpm } from "./npm.js";
import { checkout } from "./places.js";
import { packagesWithoutLinks } from "./postgres.js";
import { withProgress } from "./progress.js";
import { needsPackagedNode, packagedNode, packagedNodes } from "./runtime.js";

/**
 * Development packages too, whatever NODE_ENV says, and the optional ones: Node 24 is one of them. No package's
 * scripts: npm would compile better-sqlite3, which comes ready made, and needs a compiler for that. Packages that
 * want a newer Node.js than npm's get it: it is one of them.
 */
const install = [
  ...["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--engine-strict=false"],
  ...["--package-lock", "--no-global", "--no-workspaces", "--no-dry-run", "--no-install-links"],
];

/**
 * Runs what the packages named behind it do when they are installed. Whatever a user's settings say about scripts,
 * these are wanted.
 */
const finish = [
  "rebuild",
  "--ignore-scripts=false",
  "--no-global",
  "--no-workspaces",
  "--foreground-scripts",
];

/**
 * Installs the packages where they are missing or not those of `package-lock.json`, and finishes what is left to do
 * with them: after `npm ci` by hand, too, and after a set-up that broke off at any place.
 */
export async function ensurePackages() {
  // Nothing is fetched for a machine on which nothing would run.
  if (needsPackagedNode()) packagedNode();
  if (missingPackage() === undefined && packagesWithoutLinks().length === 0) return;
  const lockName = `packages-${createHash("sha256").update(checkout).digest("hex").slice(0, 12)}`;
  const what =
    missingPackage() === undefined
      ? "finishing the packages (npm rebuild)"
      : "installing the packages (npm ci)";
  await withProgress(what, () =>
    withLock(lockName, async () => {
      if (missingPackage() !== undefined) await installAll();
      if (packagesWithoutLinks().length > 0) await finishAll();
    }),
  );
}

async function installAll() {
  const log = await runNpm(install, "npm-ci.log");
  const missing = missingPackage();
  if (missing === undefined) return;
  throw new SetupFailure(
    "packages-failed",
    `npm ended well but did not install ${missing}. Remove node_modules and run this again; npm's log is ${log}.`,
  );
}

async function finishAll() {
  const log = await runNpm([...finish, ...packagesWithoutLinks()], "npm-rebuild.log");
  const unfinished = packagesWithoutLinks();
  if (unfinished.length === 0) return;
  throw new SetupFailure(
    "packages-failed",
    `npm ended well but left ${unfinished.join(", ")} without its links. Remove node_modules and run this again; npm's log is ${log}.`,
  );
}

/**
 * Compares what npm says it installed with what was asked for, and with what lies there. npm writes its list last, so
 * a broken-off installation is seen as well. Packages for other machines are marked optional, and absent.
 *
 * @returns {string | undefined} the first package that is missing, or is there in another version
 */
function missingPackage() {
  const wanted = packagesOf("package-lock.json");
  if (wanted === undefined)
    throw new SetupFailure(
      "packages-failed",
      "package-lock.json is missing or damaged. Restore it from the repository.",
    );
  const there = packagesOf("node_modules/.package-lock.json") ?? {};
  const missing = Object.entries(wanted).find(([path, entry]) => {
    if (!path.startsWith("node_modules/")) return false;
    const installed = there[path];
    if (installed === undefined) return entry.optional !== true || isInsistedOn(path, entry);
    return installed.version !== entry.version || !existsSync(join(checkout, path, "package.json"));
  });
  return missing?.[0].replace(/^.*node_modules\//, "");
}

/** @typedef {{ version?: string, optional?: boolean, os?: OneOrMore, cpu?: OneOrMore, libc?: OneOrMore }} Entry */
/** @typedef {string | string[]} OneOrMore */

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
 * Whether an optional package has to be here. One that also asks for a certain C library or for no machine in
 * particular may be left out rightly; so may Node.js where there is one that is new enough.
 *
 * @param {string} path
 * @param {Entry} entry
 */
function isInsistedOn(path, { os, cpu, libc }) {
  if (os === undefined || cpu === undefined || libc !== undefined) return false;
  if (isPackagedNode(path) && !needsPackagedNode()) return false;
  return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
}

/** @param {string} path */
const isPackagedNode = (path) =>
  Object.values(packagedNodes).some((file) => `node_modules/${file}`.startsWith(`${path}/`));
