import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty folder, removed when the stack is closed. */
export async function scratchFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cordon-fuzz-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
