/** Runs one bench and prints its figures, as one JSON object, as the last line; progress goes to stderr. */

/** Each is loaded by itself: what it brings along would be measured with the others. */
const benches: Readonly<Record<string, () => Promise<object>>> = {
  declare: async () => (await import("./declare.ts")).declare(),
  intake: async () => (await import("./intake.ts")).intake(),
  latency: async () => (await import("./latency.ts")).latency(),
  memory: async () => (await import("./memory.ts")).memory(),
};

const [name = "", ...flags] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined || flags.some((flag) => flag !== "--json")) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benches).join("|")} [--json]\n`);
  process.exit(2);
}
const figures = await bench();
const indent = flags.includes("--json") ? 0 : 2;
process.stdout.write(`${JSON.stringify(figures, undefined, indent)}\n`);
