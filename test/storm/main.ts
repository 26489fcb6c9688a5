import { parseArgs } from "node:util";
import { sabotages } from "../crash/sabotage.ts";
import { storm } from "./storm.ts";

/** `npm run storm -- --seed N --kills K [--database postgres] [--replicas 2] [--sabotage NAME] [--json]` */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    kills: { type: "string", default: "50" },
    database: { type: "string", default: "sqlite" },
    replicas: { type: "string", default: "1" },
    sabotage: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const [kills, replicas] = [Number(values.kills), Number(values.replicas)];
const { database, sabotage } = values;
const isOdd = [seed, kills, replicas].some((number) => !Number.isInteger(number) || number < 0);
if (isOdd || replicas < 1 || (database !== "sqlite" && database !== "postgres")) {
  fail("--seed, --kills and --replicas are whole numbers, --database is sqlite or postgres");
} else if (database === "sqlite" && replicas !== 1) {
  fail("several services share no SQLite file: add --database postgres");
} else if (sabotage !== undefined && !Object.hasOwn(sabotages, sabotage)) {
  fail(`--sabotage is one of ${Object.keys(sabotages).join(", ")}`);
} else {
  const environment = (): Record<string, string> =>
    sabotage === undefined ? {} : { CORDON_TEST_SABOTAGE: sabotage };
  const tell = (words: string) => process.stderr.write(`${words}\n`);
  const { lost, doubled, wrong, archivesProven, ...figures } = await storm({
    seed,
    kills,
    replicas,
    database,
    environment,
    tell,
  });
  for (const [kind, found] of Object.entries({ lost, doubled, wrong })) {
    for (const words of found) tell(`${kind}: ${words}`);
  }
  const answer = {
    seed,
    ...figures,
    lost: lost.length,
    doubled: doubled.length,
    wrong: wrong.length,
    archives_proven: archivesProven,
  };
  process.stdout.write(`${JSON.stringify(answer, undefined, values.json ? 0 : 2)}\n`);
  if (lost.length + doubled.length + wrong.length > 0) process.exitCode = 1;
}

function fail(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = 2;
}
