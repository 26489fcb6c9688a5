import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ConfigError, type ConfigErrorCode, formatProblem } from "../config/problem.ts";
import type { InForce } from "./in-force.ts";
import type { AdjustableLog } from "./log.ts";
import { compareSetups, type Difference, type FoundSetup, fingerprintOf, readSetup } from "./setup.ts";

/** What became of reading the files again. */
export type Reloaded =
  | { readonly outcome: "applied"; readonly changed: readonly string[] }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "refused"; readonly reasons: readonly string[] };

export interface ReloadingOptions {
  readonly inForce: InForce;
  readonly log: AdjustableLog;
}

/** Two readings that are to say the same lie so far apart, in milliseconds: an editor is through by then. */
const apartMs = 200;
/** How many readings there are at most: some five seconds. */
const mostReadings = 25;

/** What one reading of the files gave. */
type Reading = { readonly setup: FoundSetup } | { readonly error: unknown };

/**
 * Reads the operator's files again while the service runs, and puts what they say in force: all of it or nothing. The
 * service goes on with what it has where a file cannot be used, or where something changed that needs a restart.
 */
export class Reloading {
  readonly #options: ReloadingOptions;
  #running: Promise<Reloaded> | undefined;
  #next: Promise<Reloaded> | undefined;
  #refused: string | undefined;
  #stopped = false;

  constructor(options: ReloadingOptions) {
    this.#options = options;
  }

  /** Why the last reload was refused, in words that tell nothing of what is in the files; else `undefined`. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /**
   * Reloads. What is asked for while one is under way is done after it, once: the file may have been read before it
   * was changed.
   */
  reload(): Promise<Reloaded> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Applies nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  #begin(): Promise<Reloaded> {
    this.#running = this.#attempt().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #attempt(): Promise<Reloaded> {
    const { inForce } = this.#options;
    const reading = await this.#read();
    if (this.#stopped) return { outcome: "refused", reasons: ["the service is stopping"] };
    if ("error" in reading) return this.#refuseUnusable(reading.error);
    const difference = compareSetups(inForce.setup, reading.setup);
    if (difference.needRestart.length > 0) return this.#refuseRestart(difference);
    return this.#apply(reading.setup, difference);
  }

  /** The files once they stay as they are: somebody may be writing them at this moment. */
  async #read(): Promise<Reading> {
    const { file } = this.#options.inForce.setup.config;
    let last = readOnce(file);
    for (let readings = 1; readings < mostReadings && !this.#stopped; readings++) {
      await delay(apartMs);
      const again = readOnce(file);
      if (isDeepStrictEqual(essence(again), essence(last))) return again;
      last = again;
    }
    return { error: new FilesInMotion() };
  }

  #apply(setup: FoundSetup, { changed }: Difference): Reloaded {
    const { inForce, log } = this.#options;
    this.#refused = undefined;
    for (const warning of setup.warnings) log.warn({}, formatProblem(warning));
    if (changed.length === 0) {
      log.info({}, "the configuration was read again; nothing in it has changed");
      return { outcome: "unchanged" };
    }
    inForce.put(setup);
    const { level } = setup.config.log;
    // Said at the more talkative of two levels: whoever makes the log quiet is told so, too.
    if (changed.includes("log.level") && !log.isLevelEnabled("info")) log.level = level;
    log.info({ changed }, "the configuration was read again and is in force");
    if (changed.includes("log.level")) log.level = level;
    return { outcome: "applied", changed };
  }

  #refuseRestart({ changed, needRestart }: Difference): Reloaded {
    const reason = `${listed.format(needRestart)} changed, which needs a restart`;
    this.#options.log.error({ changed, needRestart }, `not reloaded: ${reason}; nothing was applied`);
    return this.#refuse(reason, [reason]);
  }

  #refuseUnusable(error: unknown): Reloaded {
    const { log } = this.#options;
    if (error instanceof ConfigError) {
      const reasons = error.problems.map(formatProblem);
      for (const reason of reasons) log.error({}, `not reloaded: ${reason}`);
      log.error({ mistakes: reasons.length }, goesOn);
      return this.#refuse(inShort(error), reasons);
    }
    log.error({ err: error }, `not reloaded: the files could not be read; ${goesOn}`);
    const reason = error instanceof FilesInMotion ? error.message : "the files could not be read";
    return this.#refuse(reason, [reason]);
  }

  #refuse(inShort: string, reasons: readonly string[]): Reloaded {
    this.#refused = inShort;
    return { outcome: "refused", reasons };
  }
}

const goesOn = "nothing was applied; the service goes on with the configuration that it has";

const listed = new Intl.ListFormat("en-GB");

/** The files were another thing at every look. */
class FilesInMotion extends Error {
  override readonly name = "FilesInMotion";

  constructor() {
    super("the files kept changing while they were read; send SIGHUP again when they are written");
  }
}

function readOnce(file: string): Reading {
  try {
    return { setup: readSetup(file) };
  } catch (error) {
    // Also what nobody expected: at a reload it must not end a service that works.
    return { error };
  }
}

/** What makes two readings the same. */
function essence(reading: Reading): unknown {
  if ("error" in reading) return String(reading.error);
  const { config, registration } = reading.setup;
  return { config, registration, fingerprint: fingerprintOf(reading.setup) };
}

/** Where the first mistake is, without what stands there: this is told to whoever asks `/ready`. */
function inShort({ code, problems }: ConfigError): string {
  const place = problems[0]?.position;
  const where = place === undefined ? "" : `line ${place.line}, column ${place.column}`;
  if (problems.length === 1)
    return `the ${fileOf[code]} cannot be used${where && `, see ${where}`}; the log says why`;
  const first = where && `, the first in ${where}`;
  return `the ${fileOf[code]} has ${problems.length} mistakes${first}; the log names them`;
}

const fileOf: Readonly<Record<ConfigErrorCode, string>> = {
  config_unreadable: "configuration",
  config_invalid: "configuration",
  archive_key_unusable: "key of archives",
  registration_unreadable: "registration",
  registration_invalid: "registration",
};
