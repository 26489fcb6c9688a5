import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { manifestFile } from "../bag/bag.ts";
import { chunksOf } from "../files/fileread.ts";
import { type ArchiveFiles, ArchiveRefused, caseless, mostFiles, readable } from "./archivefiles.ts";
import { openZip } from "./unzip.ts";

/**
 * Opens an archive: a folder, or a zip of one. Whoever has nothing else to do meanwhile gives `chunksAtHand` to read
 * the files of a folder with.
 * @throws ArchiveRefused
 */
export async function openArchive(path: string, read = chunksOf): Promise<ArchiveFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new ArchiveRefused("not-an-archive", `There is nothing to read at ${path}.`);
  const files = found.isDirectory() ? await openFolder(path, read) : await openZip(path);
  if (files.paths.has("bagit.txt") && files.paths.has(manifestFile)) return files;
  await files.close();
  throw new ArchiveRefused(
    "not-an-archive",
    `${path} is not an archive: it has no bagit.txt and ${manifestFile}. Give the archive's own folder or its zip.`,
  );
}

async function openFolder(folder: string, read: typeof chunksOf): Promise<ArchiveFiles> {
  const paths = new Set<string>();
  await collect(folder, "", paths);
  const names = new Set<string>();
  for (const path of paths) {
    if (names.has(caseless(path))) refuse(`It holds ${path} in two spellings.`);
    names.add(caseless(path));
  }
  return {
    folder,
    paths,
    open: (path) => readable(read(join(folder, path))),
    close: async () => {},
  };
}

async function collect(folder: string, below: string, paths: Set<string>): Promise<void> {
  for await (const entry of await opendir(join(folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) await collect(folder, path, paths);
    else if (entry.isFile()) paths.add(path);
    // A link would make what is read depend on what lies outside.
    else refuse(`${path} is not an ordinary file. An archive holds no links or devices.`);
    if (paths.size > mostFiles) refuse(`It holds more than ${mostFiles} files.`);
  }
}

function refuse(message: string): never {
  throw new ArchiveRefused("hostile", message);
}
