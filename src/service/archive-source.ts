import type { ArchivedRole, ArchiveSource, Media } from "../archive/source.ts";
import type { Entry } from "../incident/entry.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import { archiveSetting } from "../journal/archive-setting.ts";
import { findFile } from "../journal/attachments.ts";
import { journalOf } from "../journal/entries.ts";
import { arrivalsIn } from "../journal/inbox.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import type { MediaUri } from "../matrix/ids.ts";
import { whereIs } from "./file-store.ts";
import { asRoom, fullAlias, type Rules, type Service } from "./service.ts";

/** What a service is asked for an archive. */
interface ArchiveService extends Pick<Service, "db" | "homeserver"> {
  readonly rules: Pick<Rules, "policy" | "serverName" | "timeZone" | "archiveFolder">;
}

/** What an archive says and neither the room nor the journal knows. */
interface Setting {
  readonly roles: readonly ArchivedRole[];
  readonly timeZone: string;
  /** As the homeserver answered; every answer is valid until another moment. */
  readonly serverKeys?: unknown;
}

/**
 * Everything an archive is made of, read from the journal and the homeserver. What could be another thing
 * tomorrow was kept when it was first asked for, so the same room gives the same archive.
 */
export async function sourceOf(
  service: ArchiveService,
  { incident, alias }: Pick<StoredIncident, "incident" | "alias">,
  room: RoomId,
): Promise<ArchiveSource> {
  const { rules, db, homeserver } = service;
  const setting = await archiveSetting(db, incident.id, () => settingOf(service));
  const seal = incident.closing?.seal;
  return {
    incident,
    alias: fullAlias(service, alias),
    serverName: rules.serverName,
    ...(seal === undefined ? {} : { seal }),
    roles: setting.roles,
    timeZone: setting.timeZone,
    journal: () => untilSeal(journalOf(db, incident.id)),
    page: (from) =>
      homeserver.readMessages(room, {
        dir: "b",
        limit: 1_000,
        format: "federation",
        ...(from === undefined ? {} : { from }),
      }),
    live: () => arrivalsIn(db, asRoom(room)),
    serverKeys: async () => setting.serverKeys,
    media: (uri) => mediaOf(service, incident.id, uri),
  };
}

async function settingOf({ rules, homeserver }: ArchiveService): Promise<Setting> {
  const roles = [...rules.policy.roles.values()];
  return {
    roles: roles.map(({ name, level, required }) => ({ name, level, required })),
    timeZone: rules.timeZone,
    serverKeys: await homeserver.serverKeys(),
  };
}

/** What the journal says after the seal belongs to the next archive, if there ever is one. */
export async function* untilSeal(entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
  for await (const entry of entries) {
    yield entry;
    if (entry.type === "sealed") return;
  }
}

async function mediaOf(service: ArchiveService, id: IncidentId, uri: MediaUri): Promise<Media> {
  const row = await findFile(service.db, id, uri);
  if (row?.sha256 !== null && row?.sha256 !== undefined && row.bytes !== null) {
    const path = await whereIs(service, id, row.sha256);
    if (path === undefined) return { missing: "the file that was fetched is gone" };
    return { path, sha256: row.sha256, bytes: row.bytes };
  }
  return { missing: row?.missing ?? "it was never fetched" };
}
