import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

const main = resolve(import.meta.dirname, "../../src/main.ts");
const loader = resolve(import.meta.dirname, "../crash/loader.ts");
/** How soon a process that has ended is started again, in milliseconds. */
const restartMs = 100;
/** How long it may take to listen while other things are broken too, in milliseconds. */
const patienceMs = 5_000;

export interface SupervisedOptions {
  readonly configFile: string;
  /** Where its log goes. */
  readonly log: string;
  /** What it finds in its environment besides, asked at each start. */
  readonly environment?: () => Readonly<Record<string, string>>;
}

/** A service as a process of its own that is started again whenever it ends, as a supervisor does. */
export class Supervised {
  readonly #options: SupervisedOptions;
  #process: ChildProcess | undefined;
  #wanted = false;
  #running: Promise<void> = Promise.resolve();
  #listens: Promise<unknown> = Promise.resolve();
  /** How often it ended without having been killed, with its exit codes. */
  readonly endedByItself: number[] = [];

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  /** Resolves when it listens, or a while later where something keeps it from that. */
  async listens(): Promise<void> {
    await Promise.race([this.#listens, delay(patienceMs)]);
  }

  start(): void {
    this.#wanted = true;
    this.#running = this.#keepRunning();
  }

  /** Ends it as a power cut would. It comes back by itself. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.resume();
    this.#process?.kill("SIGTERM");
    const insist = setTimeout(() => this.kill(), 8_000);
    await this.#running;
    clearTimeout(insist);
  }

  async #keepRunning(): Promise<void> {
    while (this.#wanted) {
      const child = this.#spawn();
      this.#process = child;
      const [code] = await once(child, "exit");
      if (typeof code === "number" && this.#wanted) this.endedByItself.push(code);
      await delay(restartMs);
    }
  }

  #spawn(): ChildProcess {
    const { configFile, log, environment = () => ({}) } = this.#options;
    const child = spawn(process.execPath, ["--import", loader, main, "start", "--config", configFile], {
      env: { ...process.env, ...environment() },
      stdio: ["ignore", "ignore", "pipe"],
    });
    // It must not outlive whoever started it.
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    const kept = createWriteStream(log, { flags: "a" });
    const lines = createInterface({ input: child.stderr });
    lines.on("line", (line) => kept.write(`${line}\n`));
    this.#listens = new Promise<void>((resolve) => {
      lines.on("line", (line) => line.includes("Cordon is listening") && resolve());
    });
    return child;
  }
}
