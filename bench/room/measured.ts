import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { environment } from "../../bin/setup/launch.js";

/** What a program wrote, how long it ran, and what it needed at most. */
export interface Measured {
  readonly stdout: string;
  readonly seconds: number;
  /** Processor time of all its threads. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** What a program leaves behind about itself. */
interface Usage {
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

const usage = new URL("./usage.ts", import.meta.url).href;

/**
 * Runs a program of Node's in a process of its own. Its own measures are taken at its end, and lie in `folder`.
 * @throws where it does not end well
 */
export async function measured(folder: string, args: readonly string[]): Promise<Measured> {
  const file = join(folder, "usage.json");
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment(), CORDON_BENCH_USAGE: file, NODE_OPTIONS: `--import=${usage}` },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const [stdout, code] = await Promise.all([text(child.stdout), ended]);
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stdout.slice(0, 1000)}`);
  return { stdout, seconds, ...parsedUsage(await readFile(file, "utf8")) };
}

/** It was written by `usage.ts`. */
function parsedUsage(json: string): Usage {
  return JSON.parse(json);
}
