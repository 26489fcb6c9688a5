import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inShell } from "../config/secret-file.ts";

/** Where a shell looks for programs, and what runs this one. */
export interface Surroundings {
  readonly path: string | undefined;
  /** The interpreter of this process. */
  readonly node: string;
}

/**
 * How this very program is called in a shell of whoever called it: `cordon` where that is what the shell finds under
 * the name, otherwise with its whole path, and with the Node.js that it needs.
 *
 * @param program its file, `bin/cordon` of a release or `bin/cordon.js`; the one that this process came from where not given
 */
export function programAsTyped(
  program = ownProgram(import.meta.dirname),
  { path = "", node }: Surroundings = { path: process.env.PATH, node: process.execPath },
): string {
  if (program === undefined) return "cordon";
  const folders = path.split(delimiter).filter(isLasting);
  if (isSame(found("cordon", folders), program)) return "cordon";
  if (!program.endsWith(".js") && isExecutable(program)) return inShell(program);
  const interpreter = found("node", folders) === undefined ? inShell(node) : "node";
  return `${interpreter} ${inShell(program)}`;
}

/** The program of the release or checkout that a folder is in. */
function ownProgram(folder: string): string | undefined {
  const here = ["bin/cordon", "bin/cordon.js"].map((file) => join(folder, file)).find(isFile);
  const above = dirname(folder);
  return here ?? (above === folder ? undefined : ownProgram(above));
}

/** What npm puts into the path of what it runs is not there for whoever types. */
function isLasting(folder: string): boolean {
  return folder !== "" && !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder) && !/node-gyp-bin$/.test(folder);
}

function found(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => isFile(file) && isExecutable(file));
}

function isSame(one: string | undefined, other: string): boolean {
  return one !== undefined && realpathSync(one) === realpathSync(other);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
