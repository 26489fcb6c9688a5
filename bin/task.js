#!/usr/bin/env node
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import * as os from "node:os";
import { join } from "node:path";
import { ensureAuditor } from "./setup/auditor.js";
import { orExplain } from "./setup/failure.js";
import { endAs, environment, goOnWith, runInForeground } from "./setup/launch.js";
import { ensurePackages } from "./setup/packages.js";
import { checkout } from "./setup/places.js";
import { nodePath } from "./setup/runtime.js";
import { ensureSynapse } from "./setup/synapse.js";

/** How long one test may take, in milliseconds; a whole file has the deadline of `test/support/deadline.ts`. */
const testTimeoutMs = 900_000;

/** What `npm run check` looks at, with the tools' own entry points: they need the newer Node.js. */
const checks = [
  { name: "types", script: "node_modules/typescript/bin/tsc", args: ["--project", "."] },
  {
    name: "lint and format",
    script: "node_modules/@biomejs/biome/bin/biome",
    args: ["check", "--error-on-warnings", "."],
  },
  {
    name: "imports",
    script: "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
    args: ["--config", ".dependency-cruiser.js", "src"],
  },
  { name: "unused code", script: "node_modules/knip/bin/knip.js", args: [] },
  { name: "generated pages", script: "src/main.ts", args: ["docs", "--check"] },
];

/** Programs in Python that a task needs, and the variable that tells it where their interpreter is. */
const synapse = { variable: "CORDON_SYNAPSE_PYTHON", ensure: ensureSynapse };
const auditor = { variable: "CORDON_AUDITOR_PYTHON", ensure: ensureAuditor };

/** @type {Record<string, { needs: (typeof synapse)[], run: (args: string[]) => Promise<void> }>} */
const tasks = {
  test: { needs: [synapse, auditor], run: test },
  "test:quick": { needs: [], run: (args) => testOnly(quick, args) },
  "test:long": { needs: [synapse, auditor], run: (args) => testOnly(long, args) },
  check: { needs: [], run: check },
  demo: { needs: [synapse], run: (args) => goOn("src/main.ts", ["demo", ...args]) },
  docs: { needs: [], run: (args) => goOn("src/main.ts", ["docs", ...args]) },
  pictures: { needs: [synapse], run: (args) => goOn("pictures/main.ts", args) },
  bench: { needs: [synapse], run: (args) => goOn("bench/main.ts", args) },
  storm: { needs: [synapse], run: (args) => goOn("test/storm/main.ts", args) },
  fuzz: { needs: [], run: (args) => goOn("test/fuzz/main.ts", args) },
  format: { needs: [], run: format },
};

/*
 * Where a test lies says when it runs. What is in no folder named here belongs to `npm test`.
 */

/** Tests that need no homeserver, no database server and no browser: the verdict while one writes. */
const quick = ["test/unit"];

/** Tests that take minutes each. `npm test` leaves them out. */
const long = ["test/long"];

/** Tests in which people have to do something in time. They mostly wait, so others run beside them. */
const punctual = "test/punctual";

/** How many test files run at a time: each waits for others now and then, and a processor must not. */
function atATime() {
  // Older releases of Node.js 18 know only the processors.
  return Math.min(4, 2 * (os.availableParallelism?.() ?? os.cpus().length));
}

/**
 * @param {string} script
 * @param {readonly string[]} args
 */
function goOn(script, args) {
  return goOnWith(script, args, { keepsCompiled: true });
}

/**
 * @param {readonly string[]} folders
 * @param {readonly string[]} args test files, folders or patterns instead of them
 */
async function testOnly(folders, args) {
  endAs(await runTests((args.length === 0 ? folders : args).map(asPattern), atATime()));
}

/** @param {string[]} args test files, folders or patterns; without any, all but the long ones */
async function test(args) {
  if (args.length > 0) return testOnly(args, []);
  const folder = await mkdtemp(join(os.tmpdir(), "cordon-tests-"));
  const said = join(folder, "punctual");
  const endings = await Promise.all([
    runTests(everythingBut([punctual, ...long]), atATime(), ["--import=./test/support/behind.ts"]),
    runTests([asPattern(punctual)], 1, [`--test-reporter-destination=${said}`]),
  ]);
  const words = await readFile(said, "utf8").catch(() => "");
  await rm(folder, { recursive: true });
  process.stdout.write(`\nBeside these, one at a time (${punctual}):\n\n${words}`);
  endAs(endings.find(({ code }) => code !== 0) ?? { code: 0, signal: null });
}

/**
 * @param {readonly string[]} patterns
 * @param {number} atATime
 * @param {readonly string[]} flags
 */
async function runTests(patterns, atATime, flags = []) {
  const usual = [
    "--test",
    "--import=./test/support/telling.ts",
    "--import=./test/support/deadline.ts",
    "--test-reporter=spec",
    `--test-timeout=${testTimeoutMs}`,
    `--test-concurrency=${atATime}`,
  ];
  return runNode([...usual, ...flags, ...patterns]);
}

/** @param {readonly string[]} left folders of `test` */
function everythingBut(left) {
  const folders = readdirSync("test", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => `test/${name}`)
    .filter((path) => !left.includes(path))
    .map(asPattern);
}

/** @param {string} argument a folder means all tests in it */
function asPattern(argument) {
  const isFolder = statSync(argument, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? `${argument}/**/*.test.ts` : argument;
}

/** Runs every check, also after one has failed, and names those that did. */
async function check() {
  const failed = [];
  for (const { name, script, args } of checks) {
    if (!existsSync(join(checkout, script))) continue;
    const began = Date.now();
    const { code } = await runNode([script, ...args]);
    if (code !== 0) failed.push(name);
    process.stdout.write(
      `${code === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`,
    );
  }
  if (failed.length === 0) return;
  process.stdout.write(`Not in order: ${failed.join(", ")}.\n`);
  process.exitCode = 1;
}

/** @param {string[]} args files or folders; without any, everything */
async function format(args) {
  const paths = args.length === 0 ? ["."] : args;
  endAs(await runNode(["node_modules/@biomejs/biome/bin/biome", "check", "--write", ...paths]));
}

/** @param {readonly string[]} args */
async function runNode(args) {
  return runInForeground(await orExplain(async () => nodePath()), args, { env: environment() });
}

const [name = "", ...args] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) {
  process.stderr.write(`Usage: node bin/task.js ${Object.keys(tasks).join("|")} [arguments]\n`);
  process.exit(2);
}
process.chdir(checkout);
await orExplain(async () => {
  await ensurePackages();
  for (const { variable, ensure } of task.needs) process.env[variable] = await ensure();
});
await task.run(args);
