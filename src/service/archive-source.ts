import type { ArchiveSource, Media } from "../archive/source.ts";
import type { Entry } from "../incident/entry.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import { findFile } from "../journal/attachments.ts";
import { arrivalsIn } from "../journal/inbox.ts";
import { journalOf, type StoredIncident } from "../journal/incidents.ts";
import type { MediaUri } from "../matrix/ids.ts";
import { fileOf } from "./attachments.ts";
import { asRoom, fullAlias, type Service } from "./service.ts";

/** Everything an archive is made of, read from the journal and the homeserver. */
export function sourceOf(service: Service, stored: StoredIncident, room: RoomId): ArchiveSource {
  const { incident, alias } = stored;
  const { rules, db, homeserver } = service;
  const seal = incident.closing?.seal;
  return {
    incident,
    alias: fullAlias(service, alias),
    serverName: rules.serverName,
    ...(seal === undefined ? {} : { seal }),
    roles: [...rules.policy.roles.values()].map(({ name, level, required }) => ({ name, level, required })),
    timeZone: rules.timeZone,
    journal: () => untilSeal(journalOf(db, incident.id)),
    page: (from) =>
      homeserver.readMessages(room, {
        dir: "b",
        limit: 1_000,
        format: "federation",
        ...(from === undefined ? {} : { from }),
      }),
    live: () => arrivalsIn(db, asRoom(room)),
    serverKeys: () => homeserver.serverKeys(),
    media: (uri) => mediaOf(service, incident.id, uri),
  };
}

/** What the journal says after the seal belongs to the next archive, if there ever is one. */
export async function* untilSeal(entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
  for await (const entry of entries) {
    yield entry;
    if (entry.type === "sealed") return;
  }
}

async function mediaOf(service: Service, id: IncidentId, uri: MediaUri): Promise<Media> {
  const row = await findFile(service.db, id, uri);
  if (row?.sha256 !== null && row?.sha256 !== undefined && row.bytes !== null) {
    return { path: fileOf(service, row.sha256), sha256: row.sha256, bytes: row.bytes };
  }
  return { missing: row?.missing ?? "it was never fetched" };
}
