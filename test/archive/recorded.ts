import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveSource, LiveEvent, Page } from "../../src/archive/source.ts";
import type { Circumstances, Entry } from "../../src/incident/entry.ts";
import { fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import { chain, genesis, type Head } from "../../src/journal/chain.ts";
import type { EventId, RoomAlias } from "../../src/matrix/ids.ts";

/** An incident's room as a real homeserver gave it, with the facts of its journal. */
export interface Recorded {
  readonly version: string;
  readonly serverName: string;
  readonly room: `!${string}`;
  readonly alias: RoomAlias;
  readonly seal: EventId;
  readonly pages: readonly Page[];
  readonly live: readonly LiveEvent[];
  readonly facts: readonly (Fact & Circumstances)[];
  /** Uploaded files by their URI, in base64. */
  readonly media: Readonly<Record<string, string>>;
  readonly keys: unknown;
}

export const recordedVersions = ["10", "11", "12"] as const;

/** Where every recording's archive was sealed, in milliseconds since the epoch. */
export const sealedAt = Date.UTC(2026, 10, 20, 23, 50, 11);

/** Reads a recording. It is a file of this repository, not something from outside, so it is taken as it is. */
export async function recorded(version: (typeof recordedVersions)[number]): Promise<Recorded> {
  const path = new URL(`./fixtures/room-v${version}.json`, import.meta.url);
  return JSON.parse(await readFile(path, "utf8"));
}

/** What the words of all journals here are salted with: chance would make every archive another one. */
export const salt = "5a".repeat(16);

/** A recording as the archive's source. Its attachments are put into a folder, as the service would. */
export async function sourceOf(recording: Recorded, folder: string): Promise<ArchiveSource> {
  const entries = journalOf(recording);
  const incident = fold(entries);
  if (incident === undefined) throw new Error("the recording has no facts");
  const media = await storeMedia(recording.media, folder);
  return {
    incident,
    alias: recording.alias,
    serverName: recording.serverName,
    seal: recording.seal,
    timeZone: "Europe/Zurich",
    roles: [
      { name: "commander", level: 60, required: "always" },
      { name: "deputy", level: 55, required: ["sev1"] },
      { name: "scribe", level: 50, required: ["sev1", "sev2"] },
      { name: "responder", level: 10, required: [] },
    ],
    journal: () => asynchronously(entries),
    live: () => asynchronously(recording.live),
    page: async (from) => {
      const index = from === undefined ? 0 : recording.pages.findIndex(({ end }) => end === from) + 1;
      const page = recording.pages[index];
      if (page === undefined) throw new Error(`no page begins at ${from}`);
      return page;
    },
    serverKeys: async () => recording.keys,
    media: async (uri) => media.get(uri) ?? { missing: "never fetched" },
  };
}

/** The recording's facts in a chain. */
function journalOf({ facts }: Recorded): readonly Entry[] {
  const entries: Entry[] = [];
  let head: Head = genesis;
  for (const { type, data, ...circumstances } of facts) {
    const fact = { type, data } as Fact;
    const entry = chain("INC-0042", head, fact, circumstances, salt);
    entries.push(entry);
    head = entry;
  }
  return entries;
}

/** A list as a stream. */
export async function* asynchronously<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function storeMedia(
  media: Recorded["media"],
  folder: string,
): Promise<ReadonlyMap<string, { readonly path: string; readonly sha256: string; readonly bytes: number }>> {
  const stored = Object.entries(media).map(async ([uri, base64], index) => {
    const content = Buffer.from(base64, "base64");
    const path = join(folder, `media-${index}`);
    await writeFile(path, content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return [uri, { path, sha256, bytes: content.length }] as const;
  });
  return new Map(await Promise.all(stored));
}
