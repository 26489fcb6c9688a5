import type { Command } from "commander";
import { startApp } from "../app.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { loadRegistration } from "../config/registration.ts";
import { createLog, type Log } from "../service/log.ts";
import { hangUps } from "./hang-ups.ts";

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
  // What comes while the files are read is answered by reading them again.
  hangUps();
  const config = loadConfig(file);
  const registration = loadRegistration(config);
  const log = createLog(config.log);
  for (const warning of [...config.warnings, ...registration.warnings]) log.warn({}, formatProblem(warning));
  endOnBugs(log);
  const starting = startApp(config, registration, log);
  // A start that fails is told of below; there is nothing to stop then.
  const end = endOnSignals(
    () =>
      starting.then(
        (app) => app.stop(),
        () => {},
      ),
    log,
  );
  hangUps().answer({
    gone: () => end("SIGHUP"),
    reload: () =>
      starting.then(
        (app) => app.reload(),
        () => {},
      ),
  });
  const app = await starting;
  const failure = await app.failed;
  await app.stop();
  throw failure;
}

/**
 * A signal ends the service in order: what is under way is finished, and the rest is found at the next start.
 *
 * @returns what ends it in the same way
 */
function endOnSignals(stop: () => Promise<void>, log: Log): (signal: NodeJS.Signals) => void {
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
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
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
  return end;
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
