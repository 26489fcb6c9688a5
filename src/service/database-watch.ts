import type { Probe } from "../store/probe.ts";
import { databaseTrouble, isTermOver } from "../store/trouble.ts";
import type { Health } from "./health.ts";
import type { Log } from "./log.ts";
import { Pump, pauseAfter } from "./pump.ts";

export interface DatabaseWatchOptions {
  readonly probe: Probe;
  readonly health: Health;
  readonly log: Log;
  /** Called when the database takes what is written again. */
  readonly back: () => void;
}

/** How often to see whether the database takes what is written, in milliseconds. */
const everyMs = 5_000;

/**
 * Knows whether the database takes what is written. Its trouble is told once, here, and not by everybody who
 * meets it; while it lasts the database is tried until it is over. So nobody has to bring anything for the service
 * to find out, whether it leads or stands by.
 */
export class DatabaseWatch {
  readonly #options: DatabaseWatchOptions;
  readonly #pump: Pump<"database">;
  /** How often in a row it was soon over and came back: a disk with little room does not change its mind for ever. */
  #relapses = 0;

  constructor(options: DatabaseWatchOptions) {
    this.#options = options;
    this.#pump = new Pump({ name: "database", log: options.log, atOnce: 1 }, () => this.#look());
  }

  /** Looks now, and from now on. */
  look(): void {
    this.#pump.wake("database");
  }

  /** Notes an error that somebody met, and says whether it was the database's, of which no more has to be told. */
  met(error: unknown): boolean {
    if (isTermOver(error)) return true;
    const words = databaseTrouble(error);
    if (words === undefined) return false;
    const { health, log } = this.#options;
    const isSudden = health.isWell("database");
    if (isSudden) this.#relapses += 1;
    if (health.trouble("database", words)) log.error({ err: error }, words);
    if (isSudden) this.look();
    return true;
  }

  async stop(): Promise<void> {
    await this.#pump.stop();
  }

  async #look() {
    const { probe, health, log, back } = this.#options;
    const wasWell = health.isWell("database");
    try {
      await probe({ thoroughly: !wasWell });
    } catch (error) {
      if (!this.met(error)) throw error;
      return { inMs: pauseAfter(this.#relapses) };
    }
    if (wasWell && health.isWell("database")) this.#relapses = 0;
    if (!wasWell) {
      health.well("database");
      log.info({}, "the database takes what is written again");
      back();
    }
    return { inMs: everyMs };
  }
}
