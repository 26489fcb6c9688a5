import { isUtf8 } from "node:buffer";
import { chunksAtHand } from "./fileread.ts";

/** A line longer than anything an archive holds: an event has at most 65,536 bytes. */
const longestLine = 4 * 1024 * 1024;
const newline = 0x0a;

/** A file that is not made of lines of text. */
export class NotLines extends Error {
  override readonly name = "NotLines";
}

/**
 * The lines of a stream of UTF-8 text, without their ends, in bunches as they come: to wait for each by itself would
 * take longer than to read it. A last line without an end counts.
 * @throws NotLines where a line is absurdly long or not UTF-8.
 */
async function* bunchesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes was expected");
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(newline) + 1;
    if (end > 0) yield linesIn(bytes.subarray(0, end));
    // The chunk is another one by the time that the next is here.
    rest = Buffer.from(bytes.subarray(end));
    if (rest.length > longestLine) throw new NotLines(`a line has more than ${longestLine} bytes`);
  }
  if (rest.length > 0) yield linesIn(rest);
}

/** The same lines, one at a time. */
export async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const bunch of bunchesOf(chunks)) yield* bunch;
}

/** The lines of a file. */
export function linesOfFile(path: string): AsyncGenerator<string> {
  return linesOf(chunksAtHand(path));
}

/** The lines of a file, in bunches. */
export function bunchesOfFile(path: string): AsyncGenerator<readonly string[]> {
  return bunchesOf(chunksAtHand(path));
}

/**
 * The lines of a text that is there as a whole.
 * @throws NotLines where it is not UTF-8.
 */
export function linesIn(bytes: Buffer): readonly string[] {
  if (!isUtf8(bytes)) throw new NotLines("a line is not UTF-8");
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
    lines.push(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  if (start < bytes.length) lines.push(bytes.toString("utf8", start));
  return lines;
}

/** A text as the JSON value that it is, `undefined` where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
