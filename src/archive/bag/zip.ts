import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { filesIn } from "./bag.ts";

/** Half the time of the usual level, for a zip that is a twentieth larger. */
const compressionLevel = 3;

/**
 * Writes a folder as a zip whose entries lie below `root`. The same folder gives the same bytes: sorted, every
 * entry of the same time. The time is given in local terms because that is how the library writes it.
 * Attachments are stored as they are: most are compressed already, and nothing else grows a hundredfold.
 */
export async function zipFolder(folder: string, root: string, path: string): Promise<void> {
  const zip = new ZipFile();
  const mtime = new Date(1980, 0, 1, 12);
  for (const file of await filesIn(folder)) {
    const level = file.startsWith("data/media/") ? 0 : compressionLevel;
    const options = { mtime, mode: 0o100644, forceDosTimestamp: true, compressionLevel: level };
    zip.addFile(join(folder, file), `${root}/${file}`, options);
  }
  const failed = new Promise<never>((_, reject) => zip.once("error", reject));
  zip.end();
  await Promise.race([
    pipeline(Readable.from(zip.outputStream), createWriteStream(path, { mode: 0o600 })),
    failed,
  ]);
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}
