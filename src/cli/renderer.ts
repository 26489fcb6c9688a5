import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isObject, type JsonObject, object, text } from "../matrix/event.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** What makes the pages of an archive of its data: first what reads the data, last what writes the pages. */
export const rendererMakers = [
  "src/archive/record/record.ts",
  "src/archive/verify/archivedmaterial.ts",
  "src/archive/verify/claims.ts",
  "src/archive/pages/reading.ts",
];

/** What pages load, read as files and not imported. */
const assets = "src/archive/pages/assets";

/** What is written. */
const written = "src/archive/renderer.ts";

/** Everything that decides which bytes the pages of an archive have, apart from Node.js and the archive's data. */
export interface RendererParts {
  /** Files of the checkout, with slashes, sorted. */
  readonly files: readonly string[];
  /** The packages that they import, and those that these need: `name@version`, and the lockfile's hash of each. */
  readonly packages: ReadonlyMap<string, string>;
}

/**
 * Follows the imports of what makes the pages, in the checkout. Errors: an import that leads to no file, or to the
 * file that is written here.
 */
export function rendererParts(): RendererParts {
  const files = new Set(readdirSync(join(checkout, assets)).map((name) => `${assets}/${name}`));
  const imported = new Set<string>();
  const ahead = [...rendererMakers];
  for (let file = ahead.pop(); file !== undefined; file = ahead.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const specifier of importsOf(readFileSync(join(checkout, file), "utf8"))) {
      if (specifier.startsWith(".")) ahead.push(inCheckout(resolve(checkout, dirname(file), specifier)));
      else if (!specifier.startsWith("node:")) imported.add(packageOf(specifier));
    }
  }
  if (files.has(written))
    throw new Error(`${written} is made of what imports it: pass its value on instead.`);
  return { files: [...files].sort(), packages: withDependencies(imported) };
}

/**
 * `src/archive/renderer.ts`: the name of what makes the pages of archives here, computed from the sources, since a
 * release ships other files than these.
 */
export function renderRendererName(): string {
  const { files, packages } = rendererParts();
  const lines = files.map((file) => `${sha256(readFileSync(join(checkout, file)))}  ${file}\n`);
  for (const name of [...packages.keys()].sort()) lines.push(`${packages.get(name)}  ${name}\n`);
  return `/**
 * The name of what makes the pages of archives in this version: a digest over its code, its assets and its packages.
 * Written by \`npm run docs\`, and compared by \`npm run check\`: \`src/cli/renderer.ts\` says over what.
 */
export const rendererCode = "${sha256(lines.join(""))}";
`;
}

/** What a source imports when it runs: `import type` disappears with the types. */
function importsOf(source: string): readonly string[] {
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm);
  const calls = source.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g);
  return [...statements, ...calls].flatMap(([, specifier]) => specifier ?? []);
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Packages and all that they need, as the lockfile has them. */
function withDependencies(names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const lockfile: unknown = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8"));
  const locked = object(lockfile, "packages") ?? {};
  const found = new Map<string, string>();
  const ahead = [...names].map((name) => ({ name, from: "" }));
  const seen = new Set<string>();
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const [path, entry] = installed(locked, next.name, next.from);
    if (seen.has(path)) continue;
    seen.add(path);
    found.set(`${next.name}@${text(entry, "version")}`, text(entry, "integrity") ?? "of this repository");
    for (const name of Object.keys(object(entry, "dependencies") ?? {})) ahead.push({ name, from: path });
  }
  return found;
}

/** Which copy of a package is found from inside another, as Node.js looks for it: the nearest one outwards. */
function installed(locked: JsonObject, name: string, from: string): readonly [path: string, JsonObject] {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const entry = locked[path];
    if (isObject(entry)) return [path, entry];
    if (folder === "") throw new Error(`package-lock.json has no ${name}. Run npm install.`);
  }
}

function inCheckout(path: string): string {
  return relative(checkout, path).replaceAll("\\", "/");
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
