/**
 * What a long register costs: a thousand incidents are open, a hundred thousand lie archived, and one person was
 * in all of them. How long the service takes to be ready, what it then has in memory, and how long that person
 * waits for `list` and `status`, from the transaction's arrival until the answer leaves.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fill } from "./archived-incidents.ts";
import type { Delivery } from "./delivery.ts";
import { hundredths, median, percentile } from "./figures.ts";
import { assertOpen, declareAll, quietMs } from "./open-incidents.ts";
import { type Installation, startService } from "./service.ts";
import type { Stub } from "./stub.ts";
import { connect, installAtStub, untilAnswered } from "./stubbed.ts";
import { inWorkplace } from "./workplace.ts";

interface RegisterFigures {
  readonly archived: number;
  readonly open: number;
  readonly list_p95_ms: number;
  readonly status_p95_ms: number;
  /** `cordon list --open`, a process from its start to its end. */
  readonly cli_list_p50_ms: number;
  /** `cordon status` in the same way. */
  readonly cli_status_p50_ms: number;
  /** The same of a command that looks at no database: what a process costs by itself. */
  readonly cli_alone_p50_ms: number;
  /** From `cordon start` until `/ready` says so. */
  readonly start_s: number;
  /** Mebibytes resident, with nothing left to do and everything asked. */
  readonly rss_mb: number;
}

const archived = 100_000;
const open = 1_000;
const rounds = 100;
const warmUp = 10;
const cliRounds = 10;
const main = fileURLToPath(new URL("../bin/cordon.js", import.meta.url));

export function register(): Promise<RegisterFigures> {
  return inWorkplace(async (folder, ends) => {
    const { installation, stub } = await installAtStub(folder, ends);
    await declareAll(installation, stub, 1);
    for (const room of await fill(installation, archived)) stub.rooms.add(room);
    process.stderr.write(`register: ${archived} archived\n`);
    await declareAll(installation, stub, open - 1);
    await assertOpen(installation, open);

    const delivery = connect(installation, stub);
    ends.defer(() => delivery.close());
    const begun = performance.now();
    const service = await startService(installation);
    const start_s = (performance.now() - begun) / 1000;
    ends.defer(() => service.stop());
    await stub.quiet(quietMs);
    const asks = (line: string) => answered(stub, delivery, line);
    const list_p95_ms = await asks("!inc list");
    const status_p95_ms = await asks(`!inc status INC-${archived}`);
    const rss_mb = (await service.memory()) / 2 ** 20;
    const runs = (...args: readonly string[]) => run(installation, args);
    return {
      archived,
      open,
      list_p95_ms: hundredths(list_p95_ms),
      status_p95_ms: hundredths(status_p95_ms),
      cli_list_p50_ms: hundredths(await runs("list", "--open")),
      cli_status_p50_ms: hundredths(await runs("status", `INC-${archived}`)),
      cli_alone_p50_ms: hundredths(await run(undefined, ["--version"])),
      start_s: hundredths(start_s),
      rss_mb: hundredths(rss_mb),
    };
  });
}

/** From a typed line until its answer leaves, in milliseconds: the 95th percentile. */
async function answered(stub: Stub, delivery: Delivery, line: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < warmUp + rounds; n += 1) times.push(await untilAnswered(line, delivery, stub));
  return percentile(times.slice(warmUp), 0.95);
}

/** How long a command of the command line takes, in milliseconds: the median. */
async function run(installation: Installation | undefined, args: readonly string[]): Promise<number> {
  const config = installation === undefined ? [] : ["--config", installation.config];
  const times: number[] = [];
  for (let n = 0; n < cliRounds; n += 1) {
    const begun = performance.now();
    await promisify(execFile)(process.execPath, [main, ...args, ...config], { maxBuffer: 2 ** 26 });
    times.push(performance.now() - begun);
  }
  return median(times);
}
