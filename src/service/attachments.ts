import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { IncidentId } from "../incident/ids.ts";
import { type AttachmentRow, nextFile, noteFile, wantFile } from "../journal/attachments.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { type RoomEvent, text } from "../matrix/event.ts";
import { isMediaUri, type MediaUri } from "../matrix/ids.ts";
import { type Next, pauseAfter } from "./pump.ts";
import type { Service } from "./service.ts";

/** After so many failures a file counts as gone: an archive must not wait for ever. */
const mostFailures = 8;

/** Notes the file of a message, so that it is fetched before anybody can take it away. */
export async function wantAttachment(
  service: Service,
  event: RoomEvent,
  incident: IncidentId,
): Promise<void> {
  const uri = text(event.content, "url");
  if (!isMediaUri(uri)) return;
  await wantFile(service.db, incident, uri);
  service.bells.attachments();
}

/** Where fetched files lie, by their content. */
export function fileOf(service: Service, sha256: string): string {
  return join(service.rules.archiveFolder, ".attachments", sha256.slice(0, 2), sha256);
}

/** Fetches the next file that waits. */
export async function fetchNext(service: Service): Promise<Next> {
  const row = await nextFile(service.db);
  if (row === undefined) return "idle";
  const wait = row.not_before - service.now();
  if (wait > 0) return { inMs: wait };
  try {
    await noteFile(service.db, row, await fetchFile(service, row.uri as MediaUri));
  } catch (error) {
    await noteFailure(service, row, error);
  }
  service.bells.archive(row.incident as IncidentId);
  return "again";
}

async function noteFailure(service: Service, row: AttachmentRow, error: unknown): Promise<void> {
  if (!(error instanceof HomeserverError)) throw error;
  const failures = row.failures + 1;
  if (!error.retryable || failures >= mostFailures)
    return noteFile(service.db, row, { missing: error.message });
  const inMs = error.retryAfterMs ?? pauseAfter(failures);
  await noteFile(service.db, row, { failures, not_before: service.now() + inMs });
}

/** Streams a file to the disk, hashing it on the way, and puts it where its content says. */
async function fetchFile(
  service: Service,
  uri: MediaUri,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const { bytes } = await service.homeserver.download(uri, { maxBytes: service.rules.maxAttachmentBytes });
  const folder = join(service.rules.archiveFolder, ".attachments");
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${randomUUID()}`);
  const hash = createHash("sha256");
  let size = 0;
  try {
    await pipeline(
      Readable.fromWeb(bytes),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.byteLength;
          yield chunk;
        }
      },
      createWriteStream(unfinished, { flush: true }),
    );
    const sha256 = hash.digest("hex");
    await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true });
    await rename(unfinished, fileOf(service, sha256));
    return { sha256, bytes: size };
  } finally {
    await rm(unfinished, { force: true });
  }
}
