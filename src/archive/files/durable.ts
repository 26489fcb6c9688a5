import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Writes a folder's list of names to the disk: only then what was given a name in it outlasts a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (problem) {
    // Some shares know no such thing for a folder.
    if (!(problem instanceof Error && "code" in problem && problem.code === "EINVAL")) throw problem;
  } finally {
    await folder.close();
  }
}

/** Does so for a folder and every one in it, those within first. */
export async function syncFolders(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  }
  await syncFolder(path);
}
