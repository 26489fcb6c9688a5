import { createReadStream } from "node:fs";

/** A line longer than anything an archive holds: an event has at most 65,536 bytes. */
const longestLine = 4 * 1024 * 1024;
const newline = 0x0a;

/** How much of a file is read at a time, in bytes. */
export const readAtOnce = 256 * 1024;

/** A file that is not made of lines of text. */
export class NotLines extends Error {
  override readonly name = "NotLines";
}

/**
 * The lines of a stream of UTF-8 text, without their ends, one at a time. A last line without an end counts.
 * @throws NotLines where a line is absurdly long or not UTF-8.
 */
export async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes was expected");
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      yield decode(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > longestLine) throw new NotLines(`a line has more than ${longestLine} bytes`);
  }
  if (rest.length > 0) yield decode(rest);
}

/** The lines of a file. */
export function linesOfFile(path: string): AsyncGenerator<string> {
  return linesOf(createReadStream(path, { highWaterMark: readAtOnce }));
}

/** A text as the JSON value that it is, `undefined` where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new NotLines("a line is not UTF-8");
  }
}
