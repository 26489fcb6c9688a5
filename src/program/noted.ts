import { type KeptFile, type Program, request } from "./program.ts";
import { textsRead } from "./text.ts";

/** That a module asked for another, and where that was found. */
export interface Wish {
  readonly specifier: string;
  readonly parentURL: string | undefined;
  readonly conditions: readonly string[];
  readonly url: string;
}

/** Modules by their addresses, as Node.js loaded them. */
type Modules = ReadonlyMap<string, { readonly format: string | undefined; readonly text: string }>;

/** A program on its way from one process to another. */
export type Noted = Omit<Program, "texts"> & { readonly texts: Uint8Array };

/** What comes of the attempt to keep a program. */
export type Kept = Noted | { readonly failed: string };

/** Whether a module was asked for by `require`, and not by `import`. */
function isRequired({ conditions }: Pick<Wish, "conditions">): boolean {
  return conditions.includes("require");
}

/** The program that these modules are, with the other files which they read while they were loaded. */
export function programOf(wishes: readonly Wish[], modules: Modules): Noted {
  const required = new Set(wishes.filter(isRequired).map(({ url }) => url));
  const addressOf = (url: string) => {
    const module = modules.get(url);
    return module === undefined ? url : addressInMemory(url, module.format, required.has(url));
  };
  const addresses = new Map<string, string>();
  for (const { specifier, parentURL, conditions, url } of wishes) {
    const asking = { conditions, parentURL: parentURL === undefined ? undefined : addressOf(parentURL) };
    addresses.set(request(specifier, asking), addressOf(url));
  }
  for (const url of modules.keys()) addresses.set(url, addressOf(url));
  const texts = new Texts();
  const files = new Map<string, KeptFile>();
  for (const [url, { format, text }] of modules) {
    const kept = texts.add(text);
    const known = isCommonJs(format) ? "commonjs" : format;
    files.set(addressOf(url), { ...kept, format: known });
  }
  for (const [url, text] of textsRead) files.set(url, { ...texts.add(text), format: undefined });
  return { addresses, files, texts: texts.joined() };
}

/**
 * The address by which a module is run from memory. Before Node.js runs a CommonJS module, or one that is required,
 * it reads `package.json` beside it, whatever hooks say: unless the module's name tells what the module is.
 */
function addressInMemory(url: string, format: string | undefined, isRequired: boolean): string {
  if (isCommonJs(format)) return withEnding(url, ".cjs");
  return isRequired && format === "module" ? withEnding(url, ".mjs") : url;
}

function withEnding(url: string, ending: string): string {
  return url.endsWith(ending) ? url : url + ending;
}

/** Node.js gives no format to a module that is required and whose package names none. */
function isCommonJs(format: string | undefined): boolean {
  return format === undefined || format === "commonjs";
}

/** Texts one behind the other. */
class Texts {
  readonly #texts: Buffer[] = [];
  #end = 0;

  add(text: string): Pick<KeptFile, "begin" | "end"> {
    const bytes = Buffer.from(text, "utf8");
    const begin = this.#end;
    this.#texts.push(bytes);
    this.#end += bytes.length;
    return { begin, end: this.#end };
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#texts);
  }
}
