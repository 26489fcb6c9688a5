import { createHash } from "node:crypto";
import fsp, { chown, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "../../src/archive/source.ts";

/** What is different for the process that builds an archive. */
export interface Surroundings {
  /** Where the archive comes to lie; a folder for the meantime where not given. */
  readonly folder?: string;
  readonly umask?: number;
  /** The user that builds it, where this process may become another. */
  readonly user?: number;
  /** A file system that lists the names in its folders the other way round. */
  readonly reversed?: boolean;
  /** How long the homeserver takes for a page, in milliseconds. Pages are small then. */
  readonly slowMs?: number;
}

// A program of its own: time zone, language, user and much else are those of the process.
const surroundings: Surroundings = JSON.parse(process.argv[2] ?? "{}");
if (surroundings.reversed === true) reverseFolders();
const { make } = await import("./made.ts");
const { recorded, sourceOf } = await import("./recorded.ts");
const recording = await recorded("12");
const own = await mkdtemp(join(tmpdir(), "cordon-test-"));
try {
  const folder = surroundings.folder ?? join(own, "archives");
  const media = join(own, "media");
  for (const made of [folder, media]) await mkdir(made, { recursive: true });
  if (surroundings.user !== undefined) await become(surroundings.user, own, folder, media);
  if (surroundings.umask !== undefined) process.umask(surroundings.umask);
  const source = await sourceOf({ ...recording, pages: pagesFor(surroundings) }, media);
  const page: typeof source.page = async (from) => {
    await delay(surroundings.slowMs ?? 0);
    return source.page(from);
  };
  process.stdout.write("begins\n");
  const built = await make({ ...source, page }, folder);
  const zip = createHash("sha256")
    .update(await readFile(built.zip))
    .digest("hex");
  process.stdout.write(`${built.digest} ${zip}\n`);
} finally {
  await rm(own, { recursive: true, force: true }).catch(() => {});
}

function pagesFor({ slowMs }: Surroundings): readonly Page[] {
  if (slowMs === undefined) return recording.pages;
  const events = recording.pages.flatMap((page) => page.events);
  const size = 4;
  return Array.from({ length: Math.ceil(events.length / size) }, (_, i) => {
    const isLast = (i + 1) * size >= events.length;
    return { events: events.slice(i * size, (i + 1) * size), ...(isLast ? {} : { end: `page-${i}` }) };
  });
}

async function become(user: number, ...folders: readonly string[]): Promise<void> {
  for (const folder of folders) await chown(folder, user, user);
  process.setgid?.(user);
  process.setuid?.(user);
}

function reverseFolders(): void {
  const { readdir } = fsp;
  const opendir = async (path: string) => (await readdir(path, { withFileTypes: true })).reverse();
  Object.assign(fsp, { opendir });
  syncBuiltinESMExports();
}
