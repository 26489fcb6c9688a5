import { linesOf } from "../files/lines.ts";

/** The files of an archive, read where they lie: nothing is ever unpacked or written. */
export interface ArchiveFiles {
  /** The archive's own folder, where it is one. */
  readonly folder?: string;
  /** Paths with slashes, relative to the archive's own folder. */
  readonly paths: ReadonlySet<string>;
  /** The bytes of a file; a chunk may be another one once the next was asked for. Throws `Unreadable`. */
  open(path: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

export type RefusalCode =
  /** Nothing there, or nothing that looks like an archive of ours. */
  | "not-an-archive"
  /** Made to harm whoever unpacks or reads it. */
  | "hostile";

/** Something that is not read as an archive at all. */
export class ArchiveRefused extends Error {
  override readonly name = "ArchiveRefused";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A file of an archive that is listed and whose bytes cannot be had. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** More files than any archive has: an attachment is one file, and so are 2,000 messages. */
export const mostFiles = 100_000;

/** More than the longest manifest of an archive has, in characters. */
const longestText = 32 * 1024 ** 2;

/** A path as file systems see it that keep neither case nor composition apart. */
export function caseless(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** The bytes of a stream, with its failures as `Unreadable`. */
export async function* readable(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (problem) {
    throw new Unreadable(problem instanceof Error ? problem.message : String(problem));
  }
}

/**
 * The text of a file that is small by nature, with a single `\n` between its lines and none at its end;
 * `undefined` where there is no such file. Throws `Unreadable`, or `NotLines`.
 */
export async function readSmall(files: ArchiveFiles, path: string): Promise<string | undefined> {
  if (!files.paths.has(path)) return undefined;
  const lines: string[] = [];
  let length = 0;
  for await (const line of linesOf(files.open(path))) {
    length += line.length + 1;
    if (length > longestText) throw new Unreadable(`it has more than ${longestText} characters`);
    lines.push(line);
  }
  return lines.join("\n");
}

/** The bytes of a file that is small by nature; throws `Unreadable` where it is longer than `most`. */
export async function readBytes(files: ArchiveFiles, path: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of files.open(path)) {
    length += chunk.length;
    if (length > most) throw new Unreadable(`it has more than ${most} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
