import { basename } from "node:path";
import type { SignedRoot } from "../archive/bag/lineage.ts";
import { readLineageOf } from "../archive/copy.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { nextInRoom } from "../journal/inbox.ts";
import { loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { nextForRoom } from "../journal/outbox.ts";
import { deliverArchive } from "./archive-delivery.ts";
import { build, sealedIncident } from "./archivist.ts";
import { hasAllFiles } from "./attachments.ts";
import { tidyFiles } from "./file-store.ts";
import type { Next } from "./pump.ts";
import { waitFor } from "./put-off.ts";
import type { Service } from "./service.ts";

/** How long to look again while something is still on its way, in milliseconds. */
const soon = { inMs: 250 } as const;

/**
 * Makes the archive of an incident anew where something that its seal covers was removed since. Nothing is edited
 * in place: the same record, without what was removed, becomes another archive that names the one before. It
 * waits until nothing more is being removed, so that several removals make one revision; whether one is due is
 * read from the journal each time, so it goes on after any interruption.
 */
export async function reviseNext(service: Service, id: IncidentId): Promise<Next> {
  const stored = await loadIncident(service.db, id);
  const room = stored?.incident.room?.id;
  const removal = stored?.incident.closing?.removal;
  if (stored?.incident.archive === undefined || room === undefined || removal === undefined) return "idle";
  const { reviseAfterMs } = service.rules;
  const wait = waitFor(removal.at + reviseAfterMs, service.now(), reviseAfterMs);
  if (wait > 0) return { inMs: wait };
  // What the bot itself said of it is removed too, and comes back as a removal like any other.
  if ((await nextForRoom(service.db, room)) !== undefined) return soon;
  if ((await nextInRoom(service.db, room)) !== undefined) return soon;
  if (!(await hasAllFiles(service, id))) return "idle";
  await revise(service, stored, room, removal.seq);
  return "again";
}

async function revise(service: Service, stored: StoredIncident, room: RoomId, upTo: number): Promise<void> {
  const { incident } = stored;
  const { archive, closing, id } = incident;
  const sealed = await sealedIncident(service, id);
  if (archive === undefined || closing?.sealedAt === undefined || sealed === undefined) return;
  const number = (archive.revision ?? 1) + 1;
  const { name, digest } = archive;
  const supersedes = { name, digest };
  const imprint = {
    name: revisionName(incident, number),
    sealedAt: closing.sealedAt,
    revision: { number, supersedes },
    lineage: await lineageOf(service, incident),
  };
  const built = await build(service, { ...stored, incident: sealed }, room, imprint);
  await deliverArchive(service, incident, built, upTo);
  await tidyFiles(service);
  service.log.info({ incident: id, name: basename(built.path), supersedes: name }, "an archive was revised");
}

/** `INC-0042--2026-11-20T190411Z-r2`: beside the first archive, and after it. */
function revisionName({ archive }: Incident, number: number): string {
  return `${archive?.name.replace(/-r\d+$/, "")}-r${number}`;
}

/** The signed roots of the archives before, from wherever the last of them still lies. */
async function lineageOf(service: Service, { id, archive }: Incident): Promise<readonly SignedRoot[]> {
  if (archive === undefined) return [];
  const { archiveFolder, archiveCopy } = service.rules;
  const folders = archiveCopy === undefined ? [archiveFolder] : [archiveFolder, archiveCopy];
  const lineage = await readLineageOf(archive, folders);
  if (lineage !== undefined) return lineage;
  const { name } = archive;
  service.log.warn({ incident: id, name }, "the former archive is nowhere: its signature cannot be kept");
  return [];
}
