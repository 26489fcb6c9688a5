import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { sniffedBytes } from "./sniff.ts";

/** What was learned of a file by reading it. */
export interface FileRead {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** As many of its first bytes as `sniff` wants to see. */
  readonly head: Buffer;
}

const mostAtOnce = 64 * 1024;

/** Reads a whole file. */
export async function readWholeFile(path: string): Promise<FileRead> {
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of chunksOf(path)) {
    if (head.length < sniffedBytes) head = Buffer.concat([head, chunk]).subarray(0, sniffedBytes);
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes, head };
}

/**
 * The bytes of a file, in the same few bytes of memory again and again: a stream leaves new ones each time. A chunk is
 * another one once the next was asked for.
 */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    const chunk = roomFor((await file.stat()).size);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The same of a file that was written or read a moment ago, so that no disk has to be waited for: beside threads that
 * are busy, to hand each read to another and wait for it takes longer than to read. Others have their turn in between.
 */
export async function* chunksAtHand(path: string): AsyncGenerator<Buffer> {
  const file = openSync(path, "r");
  try {
    const chunk = roomFor(fstatSync(file).size);
    for (;;) {
      const bytesRead = readSync(file, chunk, 0, chunk.length, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}

/** Of a thousand small files none needs room for a large one. */
function roomFor(size: number): Buffer {
  return Buffer.allocUnsafe(Math.min(Math.max(size, 1), mostAtOnce));
}
