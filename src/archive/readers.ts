import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Who may read archives: the user that runs Cordon alone, or the group of the folder they lie in, too. */
export type Readers = "owner" | "group";

/** The access rights of a folder that these may read. */
export const folderMode: Readonly<Record<Readers, number>> = { owner: 0o700, group: 0o750 };

/** That what is made in a folder belongs to its group and not to that of its maker; kept where it is set. */
const setGroup = 0o2000;

/**
 * Lets these read an archive that is finished and not in its place yet, folder and zip. It was made so that its owner
 * alone can. A file that the store of attachments has under another name is let be read there too, but nobody else
 * comes into that folder.
 */
export async function letRead(readers: Readers, archive: { readonly folder: string; readonly zip: string }) {
  if (readers === "owner") return;
  await chmod(archive.zip, 0o640);
  await letReadFolder(archive.folder);
}

async function letReadFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await letReadFolder(path);
    else await chmod(path, 0o640);
  }
  await chmod(folder, ((await stat(folder)).mode & setGroup) | folderMode.group);
}

/**
 * Makes a folder for archives where there is none, and those above it. Step by step: the recursive form of Node never
 * ends where a file system answers ENOENT, as /proc does.
 */
export async function makeFolderFor(readers: Readers, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolderFor(readers, dirname(folder));
  try {
    await mkdir(folder, { mode: folderMode.owner });
  } catch (error) {
    // Somebody else may have made it at the same moment.
    if (!existsSync(folder)) throw error;
  }
  await letEnter(readers, folder);
}

/** Lets these into a folder of archives that is there, as far as it belongs to this user. */
export async function letEnter(readers: Readers, folder: string): Promise<void> {
  const { mode, uid } = await stat(folder);
  const wanted = mode | folderMode[readers];
  if (wanted === mode || uid !== process.getuid?.()) return;
  await chmod(folder, wanted & 0o7777);
}
