import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Health } from "./health.ts";
import type { Log } from "./log.ts";
import { Pump } from "./pump.ts";

export interface FileHandlesOptions {
  readonly health: Health;
  readonly log: Log;
  /** Called when files can be opened again. */
  readonly back: () => void;
}

/** How often to see whether a file can be opened, in milliseconds. */
const everyMs = 1_000;
/** So many are held open, to be let go of when they are needed to say what is wrong: each connection is one. */
const reserve = 8;
const words = "no more files can be opened; raise the limit of open files";

/**
 * Knows whether files, and with them connections, can still be opened. Where they cannot, nothing new is taken,
 * since nothing could be done about it; a few handles that were held back let who asks be told so.
 */
export class FileHandles {
  readonly #options: FileHandlesOptions;
  readonly #pump: Pump<"files">;
  readonly #held: number[] = [];

  constructor(options: FileHandlesOptions) {
    this.#options = options;
    this.#pump = new Pump({ name: "files", log: options.log, atOnce: 1 }, async () => this.#look());
  }

  /** Looks now, and from now on. */
  look(): void {
    this.#pump.wake("files");
  }

  async stop(): Promise<void> {
    await this.#pump.stop();
    this.#letGo();
  }

  #look() {
    const { health, log, back } = this.#options;
    if (!this.#hold()) {
      this.#letGo();
      if (health.trouble("files", words)) log.error({}, words);
    } else if (!health.isWell("files")) {
      health.well("files");
      log.info({}, "files can be opened again");
      back();
    }
    return { inMs: everyMs };
  }

  /** Whether the reserve is whole, and one more can be opened. */
  #hold(): boolean {
    try {
      while (this.#held.length < reserve) this.#held.push(openSync(devNull, "r"));
      closeSync(openSync(devNull, "r"));
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && /^E[MN]FILE$/.test(String(error.code))) return false;
      throw error;
    }
  }

  #letGo(): void {
    for (const handle of this.#held.splice(0)) closeSync(handle);
  }
}
