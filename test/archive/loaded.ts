import { registerHooks } from "node:module";

// A program of its own: what is loaded already would not be told of. It loads the modules that its arguments name, and
// writes the address of each file that Node.js loads for them.
const loaded = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
for (const url of process.argv.slice(2)) await import(url);
process.stdout.write(JSON.stringify([...loaded]));
