import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "./folder.ts";
import { synapsePython } from "./homeserver.ts";

/** A program that runs in a terminal of its own. */
export class InTerminal {
  readonly pid: number;
  readonly #script: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #log: string;

  private constructor(script: ChildProcess, lines: AsyncIterator<string>, pid: number, log: string) {
    this.#script = script;
    this.#lines = lines;
    this.pid = pid;
    this.#log = log;
  }

  /** Starts a program, by its command line. */
  static async start(...program: readonly string[]): Promise<InTerminal> {
    const log = join(await temporaryFolder(), "log");
    const script = spawn(synapsePython(), [resolve(import.meta.dirname, "terminal.py"), log, ...program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: script.stdout })[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    after(() => {
      try {
        if (script.exitCode === null) process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
      script.kill("SIGKILL");
    });
    return new InTerminal(script, lines, pid, log);
  }

  /** Everything that the program has written to standard error. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** Waits until it has written this, so many times. */
  async says(words: string, times = 1): Promise<void> {
    while (this.log.split(words).length <= times) {
      process.kill(this.pid, 0);
      await delay(20);
    }
  }

  /** Closes the terminal, and gives how the program ended: its exit code, or minus its signal. */
  async close(): Promise<number> {
    this.#script.stdin?.write("\n");
    return Number((await this.#lines.next()).value);
  }
}
