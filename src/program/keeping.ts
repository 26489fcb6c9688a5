/**
 * A process that loads the scripts of threads, notes every file which is read for that, and tells the process which
 * started it. No thread is started by that. It imports nothing of ours before its hooks are there, or it would not
 * see that loaded.
 */
import { readFileSync } from "node:fs";
import { isBuiltin, registerHooks } from "node:module";
import type { Kept, Wish } from "./noted.ts";

const wishes: Wish[] = [];
const modules = new Map<string, { readonly format: string | undefined; readonly text: string }>();

registerHooks({
  resolve(specifier, { parentURL, conditions, ...context }, next) {
    const found = next(specifier, { parentURL, conditions, ...context });
    wishes.push({ specifier, parentURL, conditions, url: found.url });
    return found;
  },
  load(url, context, next) {
    const found = next(url, context);
    if (isBuiltin(url)) return found;
    if (found.format === "addon" || found.format === "wasm") {
      throw new Error(`${url} is no text: a thread cannot run it from memory`);
    }
    const source = found.source ?? readFileSync(new URL(url));
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    modules.set(url, { format: found.format ?? undefined, text });
    return found;
  },
});

process.send?.(await kept(process.argv.slice(2)), () => process.disconnect());

async function kept(scripts: readonly string[]): Promise<Kept> {
  try {
    for (const script of scripts) await import(script);
    const { programOf } = await import("./noted.ts");
    return programOf(wishes, modules);
  } catch (problem) {
    return { failed: problem instanceof Error ? problem.message : String(problem) };
  }
}
