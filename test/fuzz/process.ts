import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome, Wish } from "./fuzz.ts";

/** What the other process is to do. */
export interface Order extends Pick<Wish, "seed" | "inputs" | "until"> {
  readonly target: string;
  /** Where it writes each input before it tries it. */
  readonly inputFile: string;
}

/** What it tells. */
export type Report = { readonly tried: number } | { readonly outcome: Outcome };

/** How long one input may take until its process is ended, in milliseconds. */
const hangMs = 30_000;
/** How often its progress is told, in milliseconds. */
const progressMs = 15_000;

/**
 * Tries a target in a process of its own. Where that does not come to its end, by a crash or a hang, the input that
 * it was at is the failure.
 */
export async function runAside(
  target: string,
  wish: Pick<Wish, "seed" | "inputs" | "until">,
  onProgress: (inputs: number) => void,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-fuzz-"));
  const inputFile = join(folder, "input.json");
  writeFileSync(inputFile, "null");
  const child = fork(new URL("./child.ts", import.meta.url), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const state: { tried: number; told: number; hangs: boolean; outcome?: Outcome } = {
    tried: 0,
    told: Date.now(),
    hangs: false,
  };
  child.on("message", (report: Report) => {
    if ("outcome" in report) state.outcome = report.outcome;
    else state.tried = report.tried;
    if (Date.now() - state.told < progressMs) return;
    state.told = Date.now();
    onProgress(state.tried);
  });
  const watch = setInterval(() => {
    if (Date.now() - statSync(inputFile).mtimeMs < hangMs) return;
    state.hangs = true;
    child.kill("SIGKILL");
  }, 1_000);
  try {
    const order: Order = { ...wish, target, inputFile };
    child.send(order);
    const [code, signal] = await once(child, "exit");
    if (state.outcome !== undefined && code === 0) return state.outcome;
    const words = state.hangs
      ? `It hangs for more than ${hangMs / 1000} s.`
      : `The process ended with ${signal ?? code}.`;
    const input: unknown = JSON.parse(readFileSync(inputFile, "utf8"));
    return {
      inputs: state.tried,
      slowestMs: state.hangs ? hangMs : 0,
      failures: [{ target, words, input }],
      slow: [],
    };
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true });
  }
}
