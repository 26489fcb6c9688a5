import { Apart } from "../archive/apart/apart.ts";
import type { BuiltArchive } from "../archive/build.ts";
import type { Imprint } from "../archive/draft.ts";
import { letEnter, makeFolderFor } from "../archive/readers.ts";
import { crashPoint } from "../crash/point.ts";
import { evolve } from "../incident/evolve.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import { journalOf } from "../journal/entries.ts";
import { nextInRoom } from "../journal/inbox.ts";
import { loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { eventOf, nextForRoom, put } from "../journal/outbox.ts";
import { deliverArchive } from "./archive-delivery.ts";
import { sourceOf, untilSeal } from "./archive-source.ts";
import { hasAllFiles } from "./attachments.ts";
import { changeIncident } from "./change.ts";
import { tidyFiles } from "./file-store.ts";
import { repairGap } from "./gap-repair.ts";
import type { Next } from "./pump.ts";
import { momentOf, type Service, sealKey, sealType } from "./service.ts";
import { toolName, toolVersion } from "./version.ts";

/** How long to look again while something is still on its way, in milliseconds. */
const soon = { inMs: 250 } as const;

/**
 * Takes an incident one step further on the way to its archive: everything heard, sealed, archived. Where
 * it stands is read from the journal each time, so it goes on after any interruption.
 */
export async function archiveNext(service: Service, id: IncidentId): Promise<Next> {
  const stored = await loadIncident(service.db, id);
  const room = stored?.incident.room?.id;
  if (stored === undefined || room === undefined) return "idle";
  const { closing, archive } = stored.incident;
  if (closing === undefined || archive !== undefined) return "idle";
  if (closing.seal === undefined) return seal(service, stored, room);
  if (!(await hasAllFiles(service, id))) return "idle";
  const incident = await sealedIncident(service, id);
  if (incident !== undefined) await makeArchive(service, { ...stored, incident }, room);
  return "idle";
}

/**
 * Seals the room once everything in it has been heard and everything for it has been said. It counts as sealed
 * when also the seal, and what came just before it, has been heard: an archive says what arrived live.
 */
async function seal(service: Service, stored: StoredIncident, room: RoomId): Promise<Next> {
  const { incident } = stored;
  if ((await repairGap(service, room)) > 0) return soon;
  if ((await nextInRoom(service.db, room)) !== undefined) return soon;
  const sent = await eventOf(service.db, sealKey(incident.id));
  if (sent === undefined) {
    if ((await nextForRoom(service.db, room)) !== undefined) return soon;
    if ((await repairGap(service, room, { whole: true })) > 0) return soon;
    await putSeal(service, incident, room);
    return soon;
  }
  crashPoint("archive/sealed");
  const event = await service.homeserver.getEvent(room, sent);
  const eventAt = event?.origin_server_ts ?? service.now();
  const occasion = { cause: "room/sealed", actor: "cordon", eventAt } as const;
  await changeIncident(service, incident.id, occasion, (current) => ({
    facts:
      current === undefined
        ? []
        : observe(current.incident, { type: "sealed", event: sent }, momentOf(service)),
  }));
  return "again";
}

async function putSeal(service: Service, incident: Incident, roomId: RoomId): Promise<void> {
  await service.db.transaction().execute((change) =>
    put(change, [
      {
        key: sealKey(incident.id),
        roomId,
        incident: incident.id,
        type: sealType,
        content: { incident: incident.id, "org.cordon.journal": incident.head },
      },
    ]),
  );
  crashPoint("archive/sealing");
  service.bells.outbox(roomId);
}

async function makeArchive(service: Service, stored: StoredIncident, room: RoomId): Promise<void> {
  const { incident } = stored;
  const sealedAt = incident.closing?.sealedAt ?? incident.overAt ?? incident.declaredAt;
  const built = await build(service, stored, room, { name: archiveName(incident.id, sealedAt), sealedAt });
  await deliverArchive(service, incident, built);
  await tidyFiles(service);
}

/** Builds the archive and reads it again: nothing is called archived that does not verify. */
export async function build(
  service: Service,
  stored: StoredIncident,
  room: RoomId,
  imprint: Pick<Imprint, "name" | "sealedAt" | "revision" | "lineage">,
): Promise<BuiltArchive> {
  const folder = service.rules.archiveFolder;
  const readers = service.rules.archiveReaders;
  await makeFolderFor(readers, folder);
  await letEnter(readers, folder);
  await using apart = new Apart();
  const built = await apart.build(await sourceOf(service, stored, room), {
    ...imprint,
    folder,
    readers,
    tool: { name: toolName, version: toolVersion },
    signer: service.signingKey,
    supersede: true,
    builder: service.term.number,
    confirm: () => service.term.confirm(),
  });
  crashPoint("archive/placed");
  for (const path of [built.path, built.zip]) {
    const verdict = await apart.verify(path);
    if (!verdict.ok) throw new Error(`the archive ${imprint.name} did not verify after it was written`);
  }
  return built;
}

/** `INC-0042--2026-11-20T190411Z`: sorted by name is sorted by time, and legal on every file system. */
export function archiveName(id: IncidentId, at: number): string {
  return `${id}--${new Date(at).toISOString().slice(0, 19).replaceAll(":", "")}Z`;
}

/** The incident as it stood when it was sealed. */
export async function sealedIncident(service: Service, id: IncidentId): Promise<Incident | undefined> {
  let incident: Incident | undefined;
  for await (const entry of untilSeal(journalOf(service.db, id))) incident = evolve(incident, entry);
  return incident;
}
