import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Kept, Noted } from "./noted.ts";
import { handOn, keptProgram } from "./program.ts";

const script = fileURLToPath(new URL("./keeping.ts", import.meta.url));

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
  // A process and not a thread: what it needed for loading all that would stay with the service, 16 MB.
  const addresses = scripts.map(({ href }) => href);
  const child = fork(script, addresses, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const { texts, ...program } = await answerOf(child);
    const shared = new SharedArrayBuffer(texts.length);
    new Uint8Array(shared).set(texts);
    handOn({ ...program, texts: shared });
  } finally {
    child.kill();
  }
}

function answerOf(child: ChildProcess): Promise<Noted> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new ProgramUnreadable(`the program cannot be read: ${why}`));
    child.once("message", (kept: Kept) => ("failed" in kept ? fail(kept.failed) : resolve(kept)));
    child.once("error", (problem) => fail(problem.message));
    child.once("exit", () => fail("the process that reads it ended before it was through"));
  });
}
