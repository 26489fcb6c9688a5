import { join } from "node:path";
import { Apart } from "../archive/apart/apart.ts";
import { ArchiveRefused } from "../archive/opened/archivefiles.ts";
import type { IncidentId } from "../incident/ids.ts";
import { observe } from "../incident/observe.ts";
import { loadIncident } from "../journal/incidents.ts";
import { renameSent } from "../journal/restored.ts";
import { type RoomEvent, text } from "../matrix/event.ts";
import { archiveName } from "./archivist.ts";
import { changeIncident } from "./change.ts";
import { momentOf, nameInOutbox, type Service } from "./service.ts";

const verdicts = ["proven", "explained-gaps", "unproven"] as const;

/**
 * Takes an archive over that was made before the database was put back: it is in its place, holds, and has the
 * digest that the room was told. Where it is not, another one is made.
 *
 * @param told the message with the digest, which is handled by it
 */
export async function takeOverArchive(
  service: Service,
  id: IncidentId,
  told: { readonly event: RoomEvent; readonly inbox: number },
): Promise<void> {
  const incident = (await loadIncident(service.db, id))?.incident;
  const sealedAt = incident?.closing?.sealedAt;
  if (incident === undefined || sealedAt === undefined) return;
  const name = archiveName(id, sealedAt);
  const found = await verified(join(service.rules.archiveFolder, name));
  if (found === undefined || !(text(told.event.content, "body") ?? "").includes(found.digest)) {
    service.log.warn({ incident: id, archive: name }, "an archive is not where it was; another one is made");
    return;
  }
  // As what is said of it from now on is named.
  for (const what of ["archived", "report"]) {
    await renameSent(service.db, `${id}/${what}`, `${nameInOutbox(incident)}/${what}`);
  }
  const seen = { type: "archived", name, ...found } as const;
  const occasion = {
    cause: `archive/${found.digest}`,
    actor: "cordon",
    eventAt: told.event.origin_server_ts,
    inbox: told.inbox,
  } as const;
  await changeIncident(service, id, occasion, (stored) => ({
    facts: stored === undefined ? [] : observe(stored.incident, seen, momentOf(service)),
  }));
}

async function verified(path: string) {
  await using apart = new Apart();
  try {
    const { ok, digest, events, ...its } = await apart.verify(path);
    const verdict = verdicts.find((each) => each === its.verdict);
    return ok && verdict !== undefined ? { digest, events, verdict } : undefined;
  } catch (error) {
    if (error instanceof ArchiveRefused) return undefined;
    throw error;
  }
}
