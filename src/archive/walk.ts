import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveFailure } from "./failure.ts";
import { linesOfFile } from "./lines.ts";
import { Output } from "./output.ts";
import type { ArchiveSource, Progress } from "./source.ts";

/** A room's history on the disk, one file for each page of the homeserver's, newest page first. */
export interface Walk {
  readonly folder: string;
  readonly pages: number;
  readonly events: number;
}

/**
 * Walks a room's history backwards to its beginning, and keeps every page as a file: pages come newest
 * first and an archive begins with the oldest event, and a room may be larger than memory.
 * @throws ArchiveFailure `walk-repeats`.
 */
export async function walk(
  source: Pick<ArchiveSource, "page">,
  folder: string,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Walk> {
  await mkdir(folder, { recursive: true });
  const seen = new Set<string>();
  let from: string | undefined;
  let pages = 0;
  let events = 0;
  do {
    signal?.throwIfAborted();
    const page = await source.page(from);
    pages += 1;
    events += page.events.length;
    await keep(join(folder, pageName(pages)), page.events);
    report({ step: "walking", done: events });
    from = page.end;
    if (from !== undefined && seen.has(from)) {
      throw new ArchiveFailure(
        "walk-repeats",
        "The homeserver's history leads back to a place it already gave.",
      );
    }
    if (from !== undefined) seen.add(from);
  } while (from !== undefined);
  return { folder, pages, events };
}

/** The events of a walk as the homeserver gave them, oldest first. */
export async function* oldestFirst(walked: Walk): AsyncGenerator<unknown> {
  for (let page = walked.pages; page >= 1; page -= 1) {
    for await (const line of linesOfFile(join(walked.folder, pageName(page)))) {
      const event: unknown = JSON.parse(line);
      yield event;
    }
  }
}

async function keep(path: string, events: readonly unknown[]): Promise<void> {
  const output = await Output.create(path);
  try {
    // Plain JSON, not canonical: what has no canonical form must be kept too, to be named later.
    for (const event of events.toReversed()) await output.write(`${JSON.stringify(event)}\n`);
  } finally {
    await output.close();
  }
}

function pageName(page: number): string {
  return `page-${String(page).padStart(6, "0")}.ndjson`;
}
