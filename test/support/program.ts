import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { after } from "node:test";

/** How a run ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  /** What was written to standard error but the log's lines: what a person is told. */
  readonly told: readonly string[];
  /** The log's lines, as JSON. */
  readonly log: readonly string[];
}

/** The real program, `src/main.ts`, as a process of its own; killed after the test where it still runs. */
export class Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  #stderr = "";

  constructor(args: readonly string[], options: { readonly nodeArguments?: readonly string[] } = {}) {
    const main = resolve(import.meta.dirname, "../../src/main.ts");
    const child = spawn(process.execPath, [...(options.nodeArguments ?? []), main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (words: string) => {
      stdout += words;
    });
    child.stderr.setEncoding("utf8").on("data", (words: string) => {
      this.#stderr += words;
    });
    this.process = child;
    this.ended = once(child, "close").then(() => {
      const lines = this.#stderr.split("\n").filter(Boolean);
      const log = lines.filter((line) => line.startsWith("{"));
      return { code: child.exitCode, stdout, log, told: lines.filter((line) => !line.startsWith("{")) };
    });
    after(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await this.ended;
    });
  }

  /** Resolves once standard error holds this. Errors: where the program ended without saying it. */
  async says(words: string): Promise<void> {
    const gone = this.ended.then(({ told, log }) => {
      throw new Error(`The program ended without saying "${words}":\n${[...told, ...log].join("\n")}`);
    });
    gone.catch(() => {});
    const { stderr } = this.process;
    while (!this.#stderr.includes(words))
      await Promise.race([stderr === null ? gone : once(stderr, "data"), gone]);
  }
}

/** Runs the program to its end. */
export function runProgram(...args: readonly string[]): Promise<Outcome> {
  return new Program(args).ended;
}
