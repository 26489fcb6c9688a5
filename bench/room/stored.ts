import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveSource, Page } from "../../src/archive/source.ts";
import type { IncidentId } from "../../src/incident/ids.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { arrivalsIn } from "../../src/journal/inbox.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { openForReading } from "../../src/store/store.ts";

export const incidentId: IncidentId = "INC-0042";

/** What there is to know of a room that lies in a folder, besides its history and its store. */
export interface StoredRoom {
  readonly server: string;
  readonly room: RoomId;
  readonly seal: EventId;
  readonly sealedAt: number;
  readonly pages: number;
  readonly keys: unknown;
}

export function storeFile(folder: string): string {
  return join(folder, "cordon.db");
}

/** Writes a page of the history. Pages are counted from 0, the oldest. */
export async function writePage(folder: string, number: number, events: readonly unknown[]): Promise<void> {
  const page: Page = { events: events.toReversed(), ...(number === 0 ? {} : { end: String(number - 1) }) };
  await writeFile(pageFile(folder, number), JSON.stringify(page));
}

export async function writeRoom(folder: string, room: StoredRoom): Promise<void> {
  await writeFile(join(folder, "room.json"), JSON.stringify(room));
}

/** A file of this bench's own, taken as it is. */
export async function readRoom(folder: string): Promise<StoredRoom> {
  return JSON.parse(await readFile(join(folder, "room.json"), "utf8"));
}

/** A room in a folder as the service has it: its store, and a homeserver that gives a page when asked. */
export async function openSource(
  folder: string,
): Promise<{ readonly source: ArchiveSource; close(): Promise<void> }> {
  const { server, room, seal, pages, keys } = await readRoom(folder);
  const store = await openForReading({ engine: "sqlite", file: storeFile(folder) });
  const stored = await loadIncident(store.db, incidentId);
  if (stored === undefined) throw new Error(`the store has no ${incidentId}`);
  const source: ArchiveSource = {
    incident: stored.incident,
    serverName: server,
    seal,
    timeZone: "Europe/Zurich",
    roles: [
      { name: "commander", level: 60, required: "always" },
      { name: "scribe", level: 50, required: ["sev1"] },
    ],
    journal: () => journalOf(store.db, incidentId),
    page: async (from) => JSON.parse(await readFile(pageFile(folder, Number(from ?? pages - 1)), "utf8")),
    live: () => arrivalsIn(store.db, room),
    serverKeys: async () => keys,
    media: async () => ({ missing: "never fetched" }),
  };
  return { source, close: () => store.close() };
}

function pageFile(folder: string, number: number): string {
  return join(folder, `page-${number}.json`);
}
