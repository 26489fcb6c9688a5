import { Worker } from "node:worker_threads";
import { handOn, keptProgram, type Program } from "./program.ts";

/**
 * Reads everything into memory that threads with these scripts run, and has them run it from there. From then on
 * no such thread opens a file of the program, whatever has become of these. Where a program is kept already, it
 * stays.
 *
 * @throws what loading the scripts throws, such as a package that is missing
 */
export async function keepProgram(scripts: readonly URL[]): Promise<void> {
  if (keptProgram() !== undefined) return;
  const worker = new Worker(new URL("./keepthread.ts", import.meta.url), {
    workerData: { scripts: scripts.map(({ href }) => href) },
  });
  try {
    handOn(await answerOf(worker));
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<Program> {
  return new Promise((resolve, reject) => {
    worker.once("message", (program: Program) => resolve(program));
    worker.once("error", reject);
    worker.once("exit", () =>
      reject(new Error("the thread that reads the program ended before it had read it")),
    );
  });
}
