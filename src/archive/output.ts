import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { canonicalJson } from "../proof/canonical.ts";

const bufferBytes = 64 * 1024;

/** A file being written from front to back. It is on the disk, not only in a cache, once closed. */
export class Output {
  readonly #file: FileHandle;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Begins a new file that nobody else may read, with the folders it needs. What was there under that name is gone. */
  static async create(path: string): Promise<Output> {
    await mkdir(dirname(path), { recursive: true });
    return new Output(await open(path, "w", 0o600));
  }

  /** How many bytes were written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes text as UTF-8, or bytes as they are. */
  async write(text: string | Buffer): Promise<void> {
    const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#pendingBytes >= bufferBytes) await this.flush();
  }

  /** Writes a value as one line of canonical JSON. */
  async line(value: unknown): Promise<void> {
    await this.write(`${canonicalJson(value)}\n`);
  }

  /** Hands everything to the operating system, so that the file can be read. */
  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const chunk = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#file.writeFile(chunk);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }
}

/** Writes a whole file at once. */
export async function writeText(path: string, text: string): Promise<void> {
  const output = await Output.create(path);
  try {
    await output.write(text);
  } finally {
    await output.close();
  }
}

/** Writes a value as JSON that people read too: sorted and indented, the same for the same value. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const sorted: unknown = JSON.parse(canonicalJson(value));
  await writeText(path, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Writes each value as a line of canonical JSON. */
export async function writeLines(path: string, values: Iterable<unknown>): Promise<void> {
  const output = await Output.create(path);
  try {
    for (const value of values) await output.line(value);
  } finally {
    await output.close();
  }
}
