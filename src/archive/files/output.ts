import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson } from "../../proof/canonical.ts";

const bufferBytes = 64 * 1024;

/** A UTF-16 unit of a text has at most so many bytes in UTF-8. */
const mostBytesPerUnit = 3;

/** What takes the bytes of a file. A chunk is another one once it was taken. */
interface Sink {
  write(chunk: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Where a file goes: a path, or whoever wants only to see its bytes. */
type Target = string | (() => Sink);

/** Where the files of a tree go. */
export interface Shelf {
  /** `path` has slashes. */
  at(path: string): Target;
}

/** A folder of the disk. */
export function folder(path: string): Shelf {
  return { at: (file) => join(path, file) };
}

/** Keeps of each file nothing but its SHA-256, in hexadecimal, by its path. */
export class Fingerprints implements Shelf {
  readonly made = new Map<string, string>();

  at(path: string): Target {
    return () => {
      const hash = createHash("sha256");
      return {
        write: async (chunk) => void hash.update(chunk),
        close: async () => void this.made.set(path, hash.digest("hex")),
      };
    };
  }
}

/** A file of the disk. It lies on it, and not only in a cache, once closed. */
async function fileAt(path: string): Promise<Sink> {
  await mkdir(dirname(path), { recursive: true });
  const file: FileHandle = await open(path, "w", 0o600);
  return {
    write: (chunk) => file.writeFile(chunk),
    async close() {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** A file being written from front to back. */
export class Output {
  readonly #sink: Sink;
  /** Filled again and again: to leave a new one behind for each chunk would take a collector's time. */
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #pendingBytes = 0;

  private constructor(sink: Sink) {
    this.#sink = sink;
  }

  /**
   * Begins a new file, on the disk with the folders that it needs, and so that nobody else may read it. What was
   * there under that name is gone.
   */
  static async create(target: Target): Promise<Output> {
    return new Output(typeof target === "string" ? await fileAt(target) : target());
  }

  /** Writes text as UTF-8. Mostly there is nothing to wait for, and no promise that it would be waited for. */
  write(text: string): Promise<void> | undefined {
    if (text.length * mostBytesPerUnit > bufferBytes - this.#pendingBytes) return this.#writeOut(text);
    this.#pendingBytes += this.#buffer.write(text, this.#pendingBytes);
    return undefined;
  }

  /** Writes a value as one line of canonical JSON. */
  async line(value: unknown): Promise<void> {
    await this.write(`${canonicalJson(value)}\n`);
  }

  /** Hands everything to the operating system, so that the file can be read. */
  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const chunk = this.#buffer.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    await this.#sink.write(chunk);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#sink.close();
    }
  }

  async #writeOut(text: string): Promise<void> {
    await this.flush();
    if (text.length * mostBytesPerUnit > bufferBytes) await this.#sink.write(Buffer.from(text));
    else this.#pendingBytes += this.#buffer.write(text, this.#pendingBytes);
  }
}

/** Writes a whole file at once. */
export async function writeText(target: Target, text: string): Promise<void> {
  const output = await Output.create(target);
  try {
    await output.write(text);
  } finally {
    await output.close();
  }
}

/** Writes a value as JSON that people read too: sorted and indented, the same for the same value. */
export async function writeJson(target: Target, value: unknown): Promise<void> {
  const sorted: unknown = JSON.parse(canonicalJson(value));
  await writeText(target, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Writes each value as a line of canonical JSON. */
export async function writeLines(target: Target, values: Iterable<unknown>): Promise<void> {
  const output = await Output.create(target);
  try {
    for (const value of values) await output.line(value);
  } finally {
    await output.close();
  }
}
