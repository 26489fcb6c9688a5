import type { Command } from "commander";
import { startApp } from "../app.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { loadRegistration } from "../config/registration.ts";
import { createLog, type Log } from "../service/log.ts";

/** How long stopping may take before it is cut off, in milliseconds: what is not done is done at the next start. */
const stopMs = 4_500;

export function addStart(program: Command): void {
  program
    .command("start")
    .description("run the service until it is told to stop")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .action((options: { config: string }) => start(options.config));
}

async function start(file: string): Promise<void> {
  const config = loadConfig(file);
  const registration = loadRegistration(config);
  const log = createLog(config.log);
  for (const warning of [...config.warnings, ...registration.warnings]) log.warn({}, formatProblem(warning));
  endOnBugs(log);
  const starting = startApp(config, registration, log);
  // A start that fails is told of below; there is nothing to stop then.
  endOnSignals(
    () =>
      starting.then(
        (app) => app.stop(),
        () => {},
      ),
    log,
  );
  const app = await starting;
  const failure = await app.failed;
  await app.stop();
  throw failure;
}

/** A signal ends the service in order: what is under way is finished, and the rest is found at the next start. */
function endOnSignals(stop: () => Promise<void>, log: Log): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, "stopping");
      setTimeout(() => process.exit(0), stopMs).unref();
      stop().then(
        () => process.exit(0),
        (err: unknown) => {
          log.error({ err }, "stopping failed");
          process.exit(1);
        },
      );
    });
  }
}

/** What nobody expected is logged once and ends the process: what is kept is kept, and a restart goes on. */
function endOnBugs(log: Log): void {
  const end = (err: unknown) => {
    log.fatal({ err }, "something unforeseen happened; the service ends and can be started again");
    process.exit(70);
  };
  process.once("uncaughtException", end);
  process.once("unhandledRejection", end);
}
