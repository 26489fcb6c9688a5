import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isObject, type JsonObject } from "../matrix/event.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
/** How long the service may take to be ready, and to end, in milliseconds. */
const readyMs = 120_000;
const stopMs = 10_000;

/**
 * Runs a subcommand as an operator does, to its end, and gives what it answered with `--json`.
 * Errors: what it said, in one line, where it ended with another exit code than 0.
 */
export async function runCordon(subcommand: string, args: readonly string[]): Promise<JsonObject> {
  const child = spawn(process.execPath, [main, subcommand, ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (child.exitCode !== 0) {
    throw new Error(`cordon ${subcommand} ended with ${child.exitCode}: ${(stderr || stdout).trim()}`);
  }
  const answer: unknown = JSON.parse(stdout);
  if (!isObject(answer)) throw new Error(`cordon ${subcommand} answered no object.`);
  return answer;
}

/** The running service. */
export class RunningCordon {
  readonly #process: ChildProcess;

  /** For {@link startCordon}. */
  constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Ends it in order, and by force where it does not end. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const insist = setTimeout(() => this.#process.kill("SIGKILL"), stopMs);
    await gone;
    clearTimeout(insist);
  }
}

/** Runs `cordon start`, its log in the file `log`, and waits until it is ready at `url`. */
export async function startCordon(config: string, url: string, log: string): Promise<RunningCordon> {
  const output = await open(log, "a");
  const child = spawn(process.execPath, [main, "start", "--config", config], {
    stdio: ["ignore", output.fd, output.fd],
  });
  endWithUs(child);
  await output.close();
  const running = new RunningCordon(child);
  const end = Date.now() + readyMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`cordon start ended with ${child.exitCode}.`);
    if (Date.now() > end) {
      await running.stop();
      throw new Error(`cordon start was not ready after ${readyMs / 1000} s.`);
    }
    await delay(50);
  }
  return running;
}

/** A child must not outlive this process. */
function endWithUs(child: ChildProcess): void {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
