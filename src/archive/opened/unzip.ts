import { type Entry, openPromise, type ZipFile } from "yauzl";
import { type ArchiveFiles, ArchiveRefused, caseless, mostFiles, readable } from "./archivefiles.ts";

/** Deflate cannot make anything smaller than this many times; what claims to be is not made by deflate. */
const mostCompression = 1032;
/**
 * What all files of a zip may come to, in bytes: a hundred times the zip, and 1 GiB for good measure. Text of
 * people is far from that, and attachments are stored as they are.
 */
const mostBytes = (zipBytes: number) => 100 * zipBytes + 1024 ** 3;
const utf8NameFlag = 0x800;

/**
 * Opens a zip for reading file by file. Everything that its directory says is checked first; its data is
 * checked while it is read, against the sizes in the directory.
 * @throws ArchiveRefused
 */
export async function openZip(path: string): Promise<ArchiveFiles> {
  const zip = await openPromise(path, {
    strictFileNames: true,
    validateEntrySizes: true,
    autoClose: false,
  }).catch((problem: unknown) => {
    throw new ArchiveRefused(
      "not-an-archive",
      `${path} is not a zip that can be read: ${messageOf(problem)}.`,
    );
  });
  try {
    const entries = withoutRoot(await checkedEntries(zip));
    return {
      paths: new Set(entries.keys()),
      open: (file) => readable(read(zip, entries.get(file))),
      close: async () => zip.close(),
    };
  } catch (problem) {
    zip.close();
    throw problem;
  }
}

async function* read(zip: ZipFile, entry: Entry | undefined): AsyncGenerator<unknown> {
  if (entry === undefined) throw new Error("it is not there");
  yield* await zip.openReadStreamPromise(entry);
}

async function checkedEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > mostFiles) refuse(`it claims to hold ${zip.entryCount} files`);
  const entries = new Map<string, Entry>();
  const names = new Set<string>();
  let total = 0;
  let compressed = 0;
  for await (const entry of entriesOf(zip)) {
    checkEntry(entry);
    await checkName(zip, entry);
    const name = caseless(entry.fileName);
    if (names.has(name)) refuse(`it holds ${entry.fileName} twice, or in two spellings`);
    names.add(name);
    total += entry.uncompressedSize;
    compressed += entry.compressedSize;
    if (total > mostBytes(zip.fileSize)) refuse(`its files claim to grow to ${total} bytes and more`);
    // Entries that share their data are how a small zip becomes a very large one.
    if (compressed > zip.fileSize) refuse("its entries overlap");
    if (!entry.fileName.endsWith("/")) entries.set(entry.fileName, entry);
  }
  return entries;
}

/** yauzl refuses `..`, absolute names and backslashes while it reads the directory. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (problem) {
    if (problem instanceof ArchiveRefused) throw problem;
    refuse(messageOf(problem));
  }
}

function checkEntry(entry: Entry): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  const fileType = (entry.externalFileAttributes >>> 16) & 0o170000;
  const isOrdinary =
    fileType === 0 || fileType === 0o100000 || (fileType === 0o040000 && fileName.endsWith("/"));
  if (!isOrdinary) refuse(`${fileName} is a link or a device`);
  if (entry.isEncrypted()) refuse(`${fileName} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    refuse(`${fileName} is compressed in an unknown way`);
  if (uncompressedSize > (compressedSize + 1) * mostCompression)
    refuse(`${fileName} claims to grow beyond what is possible`);
  if (Array.from(fileName).some((character) => character < " " || character === "\x7f")) {
    refuse("a file name holds control characters");
  }
  if (
    fileName
      .split("/")
      .some((part, index, parts) => part === "." || (part === "" && index < parts.length - 1))
  ) {
    refuse(`${fileName} is not a plain path`);
  }
}

/** A zip names each file twice, and programs differ in which name they believe. */
async function checkName(zip: ZipFile, entry: Entry): Promise<void> {
  const local = await zip
    .readLocalFileHeaderPromise(entry)
    .catch((problem: unknown) => refuse(messageOf(problem)));
  const isSame = local.fileName.equals(entry.fileNameRaw);
  const isSameText =
    (local.generalPurposeBitFlag & utf8NameFlag) === (entry.generalPurposeBitFlag & utf8NameFlag);
  if (!isSame || !isSameText) refuse(`${entry.fileName} has another name in another place of the zip`);
}

/** An archive lies in one folder of its zip; files beside that folder are not part of it and not allowed. */
function withoutRoot(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  if (entries.has("bagit.txt")) return entries;
  const roots = new Set(Array.from(entries.keys(), (name) => name.split("/")[0]));
  const [root] = roots;
  if (roots.size !== 1 || root === undefined) {
    throw new ArchiveRefused("not-an-archive", "The zip does not hold one archive in one folder.");
  }
  return new Map(Array.from(entries, ([name, entry]) => [name.slice(root.length + 1), entry]));
}

function refuse(reason: string): never {
  throw new ArchiveRefused("hostile", `The zip was refused and nothing of it was read: ${reason}.`);
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
