/** `npm run fuzz`: the long run. Each target in a process of its own, so that a crash or a hang is known as one. */
import { parseArgs } from "node:util";
import { keepCase } from "./corpus.ts";
import type { Failure, Outcome } from "./fuzz.ts";
import { runAside } from "./process.ts";
import { shares, targets } from "./targets.ts";

const usage = `Usage: npm run fuzz [-- --inputs N | --minutes M] [--target NAME] [--seed S] [--json]
Targets: ${targets.map(({ name }) => name).join(", ")}
`;

const options = {
  inputs: { type: "string" },
  minutes: { type: "string" },
  target: { type: "string" },
  seed: { type: "string" },
  json: { type: "boolean" },
} as const;

const asked = wishes();
if (asked === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}
const { seed, among, inputs, minutes } = asked;
const began = Date.now();
say(`seed ${seed}`);
const outcomes: [string, Outcome][] = [];
for (const [{ name }, share] of shares(inputs, among)) {
  const until = minutes === undefined ? undefined : Date.now() + (minutes * 60_000) / among.length;
  const outcome = await runAside(
    name,
    { seed, inputs: share, ...(until === undefined ? {} : { until }) },
    (done) => say(`${name} ${done.toLocaleString("en-GB")}`),
  );
  say(
    `${name} ${outcome.inputs.toLocaleString("en-GB")}, slowest ${outcome.slowestMs} ms, ${failuresOf(outcome).length} failed`,
  );
  for (const failure of failuresOf(outcome)) tell(failure);
  outcomes.push([name, outcome]);
}
const failures = outcomes.flatMap(([, outcome]) => failuresOf(outcome));
const figures = {
  seed,
  inputs: outcomes.reduce((sum, [, outcome]) => sum + outcome.inputs, 0),
  seconds: Math.round((Date.now() - began) / 1000),
  failures: failures.length,
  targets: Object.fromEntries(
    outcomes.map(([name, outcome]) => {
      const { inputs, slowestMs } = outcome;
      return [name, { inputs, slowest_ms: slowestMs, failures: failuresOf(outcome).length }];
    }),
  ),
};
process.stdout.write(`${JSON.stringify(figures, undefined, process.argv.includes("--json") ? 0 : 2)}\n`);
if (failures.length > 0) process.exitCode = 1;

/** What is asked for on the command line, nothing where it cannot be understood. */
function wishes() {
  try {
    const { values } = parseArgs({ options });
    const among = targets.filter(({ name }) => values.target === undefined || name === values.target);
    const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
    const inputs = Number(values.inputs ?? (minutes === undefined ? 1_000_000 : 1e12));
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    const isClear = inputs > 0 && Number.isInteger(seed) && (minutes === undefined || minutes > 0);
    return isClear && among.length > 0 ? { seed, among, inputs, minutes } : undefined;
  } catch {
    return undefined;
  }
}

/** In the long run nothing may be slow either. */
function failuresOf({ failures, slow }: Outcome): readonly Failure[] {
  return [...failures, ...slow];
}

/** A failure that is new is kept, and from now on tried before all others. */
function tell({ target, words, input, file }: Failure): void {
  const kept = file ?? keepCase(target, { why: words.split("\n", 1)[0] ?? "", input });
  say(`FAILED ${target}: ${words}\ninput: ${JSON.stringify(input)}\nkept in ${kept}`);
  say(`again: npm run fuzz -- --target ${target} --inputs 1 (the corpus), or with --seed ${seed}`);
}

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}
