import { filesNamedBy } from "../archive/attachments/attachment.ts";
import { matchesMediaType } from "../config/media-type.ts";
import { crashPoint } from "../crash/point.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import {
  type AttachmentRow,
  fetchedBefore,
  fetchedFiles,
  filesWaiting,
  nextFile,
  noteFile,
  wantAgain,
  wantFile,
} from "../journal/attachments.ts";
import { HomeserverError } from "../matrix/errors.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { isMediaUri } from "../matrix/ids.ts";
import type { Downloader } from "../matrix/ports.ts";
import { diskIsWell, metDisk } from "./disk-trouble.ts";
import { isWhole, type KeptFile, keepFile } from "./file-store.ts";
import { type Next, pauseAfter } from "./pump.ts";
import { longestPutOffMs, waitFor } from "./put-off.ts";
import type { Bells, Rules, Service } from "./service.ts";

/** What fetching files needs of the service. */
export interface Fetching extends Pick<Service, "db" | "health" | "log" | "now"> {
  readonly homeserver: Downloader;
  readonly rules: Pick<Rules, "archiveFolder" | "maxAttachmentBytes" | "deniedTypes">;
  readonly bells: Pick<Bells, "attachments" | "archive">;
}

/** After so many failures a file counts as gone: an archive must not wait for ever. */
const mostFailures = 8;
/** How long to wait after a failure that says nothing about the file itself, in milliseconds. */
const patienceMs = 15_000;

/** Notes the files that an event names, so that they are fetched before anybody can take them away. */
export async function wantFiles(
  service: Fetching,
  event: RoomEvent,
  { id, archive }: Incident,
): Promise<void> {
  // What comes after the record is part of no archive.
  if (archive !== undefined) return;
  const files = filesNamedBy(event.type, event.content);
  for (const { uri, claimed } of files) {
    await wantFile(service.db, id, uri, claimed === undefined ? undefined : denialOf(service, claimed));
  }
  if (files.length > 0) service.bells.attachments(id);
}

/** Fetches the next file that an incident waits for. */
export async function fetchNext(service: Fetching, incident: IncidentId): Promise<Next> {
  const row = await nextFile(service.db, incident);
  if (row === undefined) {
    service.bells.archive(incident);
    return "idle";
  }
  const inMs = waitFor(row.not_before, service.now());
  if (inMs > 0) return { inMs };
  try {
    const fetched = await fetchFile(service, incident, row.uri);
    crashPoint("attachment/fetched");
    await noteFile(service.db, row, fetched);
    diskIsWell(service, incident, "attachments");
  } catch (error) {
    await noteFailure(service, row, error);
  }
  return "again";
}

/**
 * Whether an archive of the incident can be made as far as its files go: each of them is there, or never will
 * be. One that was damaged or lost since it was fetched is fetched again.
 */
export async function hasAllFiles(service: Fetching, incident: IncidentId): Promise<boolean> {
  for (const sha256 of await fetchedFiles(service.db, incident)) {
    if (await isWhole(service, incident, sha256)) continue;
    service.log.warn({ incident, sha256 }, "a stored file is damaged or gone and is fetched again");
    await wantAgain(service.db, incident, sha256);
  }
  if ((await filesWaiting(service.db, incident)) === 0) return true;
  service.bells.attachments(incident);
  return false;
}

/** A type of files that is not to be kept. */
class Denied extends Error {}

/** Why a type is not to be kept, `undefined` where it is. */
function denialOf({ rules }: Fetching, type: string): string | undefined {
  const pattern = rules.deniedTypes.find((denied) => matchesMediaType(type, denied));
  return pattern === undefined ? undefined : `files of the type ${pattern} are not kept`;
}

async function fetchFile(
  service: Fetching,
  incident: IncidentId,
  uri: string,
): Promise<KeptFile | { readonly missing: string }> {
  if (!isMediaUri(uri)) throw new Error(`${uri} is no media URI`);
  const before = await fetchedBefore(service.db, uri);
  if (before !== undefined && (await isWhole(service, incident, before.sha256))) return before;
  const check = (type: string) => {
    const denial = denialOf(service, type);
    if (denial !== undefined) throw new Denied(denial);
  };
  const { homeserver, rules } = service;
  const { bytes, contentType } = await homeserver.download(uri, { maxBytes: rules.maxAttachmentBytes });
  try {
    check(contentType);
    return await keepFile(service, bytes, check);
  } catch (error) {
    if (!bytes.locked) await bytes.cancel();
    if (error instanceof Denied) return { missing: error.message };
    throw error;
  }
}

/** A refusal is final, and so is failing again and again; but what ails the service says nothing of the file. */
async function noteFailure(service: Fetching, row: AttachmentRow, error: unknown): Promise<void> {
  const { db, health } = service;
  const putOff = (failures: number, inMs: number) =>
    noteFile(db, row, { failures, not_before: service.now() + Math.min(inMs, longestPutOffMs) });
  if (metDisk(service, row.incident as IncidentId, "attachments", error))
    return putOff(row.failures, patienceMs);
  if (!(error instanceof HomeserverError)) throw error;
  if (error.kind === "limited") return putOff(row.failures, error.retryAfterMs ?? patienceMs);
  if (error.retryable && !health.isWell("homeserver")) return putOff(row.failures, patienceMs);
  const failures = row.failures + 1;
  if (!error.retryable || failures >= mostFailures) return noteFile(db, row, { missing: error.message });
  return putOff(failures, pauseAfter(failures));
}
