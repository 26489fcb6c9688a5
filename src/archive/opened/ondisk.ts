import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArchiveFiles } from "./archivefiles.ts";

/**
 * Files of an archive that are to be read in any order, by anybody: where they lie, or, out of a zip, as copies in a
 * folder of our own below the system's temporary one, which is removed afterwards.
 */
export class OnDisk implements AsyncDisposable {
  readonly #files: ArchiveFiles;
  #workshop: string | undefined;

  constructor(files: ArchiveFiles) {
    this.#files = files;
  }

  /** Where a file lies on the disk. Throws `Unreadable` where it cannot be taken out of its zip. */
  async pathOf(file: string): Promise<string> {
    if (this.#files.folder !== undefined) return join(this.#files.folder, file);
    this.#workshop ??= await mkdtemp(join(tmpdir(), "cordon-verify-"));
    const path = join(this.#workshop, basename(file));
    await pipeline(this.#files.open(file), createWriteStream(path, { mode: 0o600 }));
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#workshop !== undefined) await rm(this.#workshop, { recursive: true, force: true });
  }
}
