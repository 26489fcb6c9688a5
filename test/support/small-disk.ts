import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own with little room, as a test fills it and frees it again. */
export class SmallDisk {
  readonly folder: string;

  /** For {@link newSmallDisk}. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.#filler, "a");
    try {
      for (const size of [65_536, 4_096, 1]) fillWith(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Lets it only be read, or be written again. No file on it may be open for writing. */
  remount(how: "ro" | "rw"): void {
    execFileSync("mount", ["-o", `remount,${how}`, this.folder], { stdio: "pipe" });
  }

  remove(): void {
    execFileSync("umount", ["--lazy", this.folder], { stdio: "pipe" });
    rmdirSync(this.folder);
  }

  get #filler(): string {
    return join(this.folder, "filler");
  }
}

function fillWith(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}

/** Why no file system can be mounted here; `false` where one can. */
export function noSmallDisk(): string | false {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "only root on Linux can mount a small disk";
  return false;
}

/** Mounts one of so many bytes. To be removed in a hook of the test, once nobody needs it any more. */
export async function newSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "cordon-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=0777`, "tmpfs", folder], { stdio: "pipe" });
  return new SmallDisk(folder);
}
