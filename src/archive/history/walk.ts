import { HomeserverError } from "../../matrix/errors.ts";
import { isJson } from "../../proof/redaction.ts";
import type { ArchiveSource, Page, Progress } from "../source.ts";
import { Trail } from "./trail.ts";

/** A room's history on the disk, in the pages of the homeserver, newest page first. */
export type Walk = Pick<Trail, "pages" | "events" | "eventsOf">;

/** How often a walk is begun anew because the room went on meanwhile. One that is sealed hardly does. */
const mostWalks = 3;

/**
 * Walks a room's history backwards to its beginning, and keeps every page as a file: pages come newest
 * first and an archive begins with the oldest event, and a room may be larger than memory. Where pages lie in
 * the folder already the walk goes on behind them, if the homeserver still gives the same. What happens in the
 * room meanwhile may have changed a page that was passed, as a redaction does: then the walk begins anew.
 * @throws ArchiveFailure `walk-repeats`.
 */
export async function walk(
  source: Pick<ArchiveSource, "page">,
  folder: string,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Walk> {
  let newest = await source.page(undefined);
  for (let walks = 1; ; walks += 1) {
    const trail = await Trail.in(folder);
    if (!(await isStillTrue(trail, newest, source))) await trail.clear();
    if (trail.pages === 0) await trail.keep(newest);
    report({ step: "walking", done: trail.events });
    for (let from = trail.endOf(trail.pages); from !== undefined; from = trail.endOf(trail.pages)) {
      signal?.throwIfAborted();
      await trail.keep(await source.page(from));
      report({ step: "walking", done: trail.events });
    }
    const now = await source.page(undefined);
    if (walks === mostWalks || (await isPage(trail, 1, now))) return trail;
    newest = now;
  }
}

/** The events of a walk as the homeserver gave them, oldest first, each as JSON, in bunches. */
export async function* oldestFirst(walked: Walk): AsyncGenerator<readonly string[]> {
  for (let page = walked.pages; page >= 1; page -= 1) yield* walked.eventsOf(page);
}

/**
 * Whether the homeserver still gives the first and the last page that were kept. The first shows that nothing
 * happened in the room since; the last, that nothing was purged as far as it, and that the homeserver still
 * knows its own tokens, which it need not after a restart.
 */
async function isStillTrue(
  trail: Trail,
  newest: Page,
  source: Pick<ArchiveSource, "page">,
): Promise<boolean> {
  if (trail.pages === 0 || !(await isPage(trail, 1, newest))) return false;
  const from = trail.endOf(trail.pages - 1);
  if (from === undefined) return true;
  const last = await source.page(from).catch(undefinedWhereRefused);
  return last !== undefined && isPage(trail, trail.pages, last);
}

async function isPage(trail: Trail, page: number, { events }: Page): Promise<boolean> {
  const given = events.toReversed();
  let place = 0;
  for await (const lines of trail.eventsOf(page)) {
    for (const kept of lines) {
      if (place === given.length || essence(JSON.parse(kept)) !== essence(given[place])) return false;
      place += 1;
    }
  }
  return place === given.length;
}

/** An event without what the homeserver says of it at the time, its age for example. */
function essence(event: unknown): string {
  return JSON.stringify(isJson(event) ? { ...event, unsigned: undefined } : event);
}

/** A token that the homeserver no longer knows. */
function undefinedWhereRefused(error: unknown): undefined {
  if (!(error instanceof HomeserverError && error.kind === "refused")) throw error;
}
