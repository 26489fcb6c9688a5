/**
 * Loaded before a service that is to die, or to be broken on purpose: `node --import …/loader.ts src/main.ts`.
 * Only so do the environment variables mean anything; a service as it is shipped does not know them.
 */
import { registerHooks } from "node:module";
import { sabotages } from "./sabotage.ts";

const armed = new URL("./armed-point.ts", import.meta.url).href;
const sabotage = process.env.CORDON_TEST_SABOTAGE;
const changes = sabotage === undefined ? [] : sabotages[sabotage];
if (changes === undefined) throw new Error(`There is no sabotage ${sabotage}.`);

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url.endsWith("/src/crash/point.ts") ? { ...resolved, url: armed } : resolved;
  },
  load(url, context, next) {
    const loaded = next(url, context);
    const wanted = changes.filter(({ file }) => url.endsWith(file));
    if (wanted.length === 0) return loaded;
    let source = String(loaded.source);
    for (const { from, to } of wanted) {
      if (!source.includes(from))
        throw new Error(`The sabotage ${sabotage} finds nothing to break in ${url}.`);
      source = source.replace(from, to);
    }
    return { ...loaded, source };
  },
});
