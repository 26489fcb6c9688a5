import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The exit code where a part of the installation is missing. */
export const notWhole = 69;

const installation = resolve(import.meta.dirname, "../..");

/**
 * Tells on stderr, in a line with the cure, what is missing of the installation, and gives the exit code.
 *
 * @throws what was given, where it says nothing of a missing part
 */
export function tellWhatIsMissing(error: unknown): number {
  const words = whatIsMissing(error);
  if (words === undefined) throw error;
  process.stderr.write(`${words}\n`);
  return notWhole;
}

/**
 * Reads from what `import` or `require` threw which part of the installation is missing, and says it with the cure.
 * Undefined for any other error.
 */
export function whatIsMissing(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const [firstLine = ""] = error.message.split("\n");
  if (error.code === "ERR_DLOPEN_FAILED") return `A native part cannot be loaded (${firstLine}). ${cure()}`;
  if (!missing.has(error.code)) return undefined;
  const named = /'([^']*)'|"([^"]*)"/.exec(firstLine);
  const what = named?.[1] ?? named?.[2] ?? "";
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(what.replaceAll("\\", "/"));
  return `${partOf(inPackage?.[1], what)} ${cure()}`;
}

/** What `import` and `require` call it when a file or a package is not there, or is only half there. */
const missing: ReadonlySet<unknown> = new Set([
  "ERR_MODULE_NOT_FOUND",
  "MODULE_NOT_FOUND",
  "ERR_INVALID_PACKAGE_CONFIG",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_PACKAGE_IMPORT_NOT_DEFINED",
]);

function partOf(inPackage: string | undefined, what: string): string {
  if (!existsSync(resolve(installation, "node_modules"))) return "The packages are missing.";
  if (inPackage !== undefined) return `A file of the package ${inPackage} is missing.`;
  const isPath =
    what.startsWith("/") || what.startsWith(".") || what.startsWith("file:") || /^\w:/.test(what);
  return isPath ? `The file ${what} is missing.` : `The package ${what} is missing.`;
}

/** A checkout has a list of its packages; what was installed by other means is installed again. */
function cure(): string {
  if (!existsSync(resolve(installation, "package-lock.json")))
    return `Install Cordon in ${installation} again.`;
  return `Run "npm ci" in ${installation}, or have whoever installed Cordon there do it.`;
}
