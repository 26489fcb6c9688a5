import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { sniffedBytes } from "./sniff.ts";

/** What was learned of a file by reading it. */
export interface FileRead {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** As many of its first bytes as `sniff` wants to see. */
  readonly head: Buffer;
}

const mostAtOnce = 256 * 1024;

/** Reads a whole file into the same few bytes of memory, again and again: a stream leaves new ones each time. */
export async function readWholeFile(path: string): Promise<FileRead> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const chunk = Buffer.alloc(Math.min(Math.max(size, sniffedBytes), mostAtOnce));
    const hash = createHash("sha256");
    let head = Buffer.alloc(0);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return { sha256: hash.digest("hex"), bytes, head };
      const read = chunk.subarray(0, bytesRead);
      if (head.length < sniffedBytes) head = Buffer.concat([head, read]).subarray(0, sniffedBytes);
      hash.update(read);
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
