import {
  copyFile,
  cp,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join, resolve } from "node:path";
import { temporaryFolder } from "./folder.ts";

const checkout = resolve(import.meta.dirname, "../..");

/** What people do to the files of a program while it runs. */
export const wreckages = {
  /** The packages are somewhere else, as while `npm ci` puts them there anew. */
  "its packages are renamed": (copy: string) => rename(join(copy, "node_modules"), join(copy, "elsewhere")),
  /** Another version of everything is there, or half of it: no file is what it was. */
  "its packages are gone, and its source is another": async (copy: string) => {
    await rm(join(copy, "node_modules"), { recursive: true });
    await spoil(copy);
  },
  /** Every package is there, and no file of any is what it was. */
  "its packages and its source are others": spoil,
  "nothing of it is left": (copy: string) => rm(copy, { recursive: true }),
} as const;

/**
 * A copy of the source, the tests and the packages that run, to be wrecked under a program. Files of packages are
 * links to those of the checkout, so they are removed or replaced, and never written to.
 *
 * @returns its folder, whose name has in it what must be written in another way in addresses
 */
export async function copyOfCheckout(): Promise<string> {
  const copy = join(await temporaryFolder(), "a checkout #1, 100% ü");
  await mkdir(join(copy, "node_modules"), { recursive: true });
  for (const part of ["src", "test", "packages", "package.json"]) {
    await cp(join(checkout, part), join(copy, part), { recursive: true });
  }
  for (const path of await packagesThatRun()) await linked(join(checkout, path), join(copy, path));
  return copy;
}

/** Where the packages lie that are no development packages. */
async function packagesThatRun(): Promise<readonly string[]> {
  const { packages }: { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> } =
    JSON.parse(await readFile(join(checkout, "package-lock.json"), "utf8"));
  const running = Object.entries(packages).filter(([, { dev }]) => dev !== true);
  return running.flatMap(([path]) => (/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) ? [path] : []));
}

/** Puts links to all files of a folder into another. */
async function linked(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(unlessMissing);
  await mkdir(to, { recursive: true });
  for (const entry of entries) {
    const [there, here] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linked(there, here);
    else if (entry.isSymbolicLink()) await symlink(await readlink(there), here);
    // A temporary folder may lie on another disk.
    else await link(there, here).catch(() => copyFile(there, here));
  }
}

/** Packages for other machines are not there. */
function unlessMissing(problem: NodeJS.ErrnoException): [] {
  if (problem.code === "ENOENT") return [];
  throw problem;
}

/** Puts a file that nobody can use into the place of each. */
async function spoil(copy: string): Promise<void> {
  const entries = await readdir(copy, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await rm(file);
    await writeFile(file, "}} this is another version {{");
  }
}
