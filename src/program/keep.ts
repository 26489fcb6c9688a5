import { Worker } from "node:worker_threads";
import { handOn, keptProgram, type Program } from "./program.ts";

/** A file of the program cannot be loaded, so that the program is not whole. */
export class ProgramUnreadable extends Error {
  override readonly name = "ProgramUnreadable";
  readonly cure = "put back what is missing, or install this version of Cordon again, and start again";
}

/**
 * Reads everything into memory that threads with these scripts run, and has them run it from there: from then on no
 * such thread opens a file of the program, whatever has become of it. Where a program is kept already, it stays.
 *
 * @throws ProgramUnreadable where a script cannot be loaded
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
    const fail = (why: string, cause?: unknown) =>
      reject(new ProgramUnreadable(`the program cannot be read: ${why}`, { cause }));
    worker.once("message", (program: Program) => resolve(program));
    worker.once("error", (problem) => fail(problem.message, problem));
    worker.once("exit", () => fail("the thread that reads it ended before it was through"));
  });
}
