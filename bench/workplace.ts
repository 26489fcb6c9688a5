import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs something in a temporary folder; what it wants ended is ended, the last one first, and the folder removed. */
export async function inWorkplace<T>(
  work: (folder: string, ends: AsyncDisposableStack) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "cordon-bench-"));
  await using ends = new AsyncDisposableStack();
  ends.defer(() => rm(folder, { recursive: true, force: true }));
  return await work(folder, ends);
}
