import { copyArchive, formsIn, isFolder, isWhole, removeArchive } from "../archive/copy.ts";
import { ArchiveFailure } from "../archive/failure.ts";
import type { IncidentId } from "../incident/ids.ts";
import { type DeliveryRow, deferDelivery, dropDelivery, nextDelivery } from "../journal/deliveries.ts";
import { administratorsRoom } from "../journal/installation.ts";
import { put } from "../journal/outbox.ts";
import type { Change } from "../store/store.ts";
import { type CopyTrouble, copyMade, copyTrouble } from "../words/archive.ts";
import { type Message, messageContent } from "../words/rich.ts";
import { type Next, pauseAfter } from "./pump.ts";
import { waitFor } from "./put-off.ts";
import type { Service } from "./service.ts";

/** What the worker needs of the service. */
interface Delivering extends Pick<Service, "db" | "now"> {
  readonly rules: Pick<Service["rules"], "archiveFolder" | "archiveCopy" | "archiveReaders">;
  readonly bells: Pick<Service["bells"], "outbox">;
  readonly log: Pick<Service["log"], "info" | "warn">;
}

/** What a file system says, and what that means for whoever has to see to it. */
const meanings: Readonly<Record<string, CopyTrouble>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read-only",
  EACCES: "refused",
  EPERM: "refused",
};

/** Something that keeps an archive from being delivered and that somebody can see to. */
class Undeliverable extends Error {
  override readonly name = "Undeliverable";
  readonly trouble: CopyTrouble;

  constructor(trouble: CopyTrouble, cause?: unknown) {
    super(trouble, { cause });
    this.trouble = trouble;
  }
}

/**
 * Does what is next with the archives of an incident: one is copied into the second folder, or removed where
 * another took its place. What cannot be done is told once for each reason, and tried until it can.
 */
export async function deliverNext(service: Delivering, id: IncidentId): Promise<Next> {
  const row = await nextDelivery(service.db, id);
  if (row === undefined) return "idle";
  const inMs = waitFor(row.not_before, service.now());
  if (inMs > 0) return { inMs };
  try {
    await trying(() => deliver(service, row));
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error;
    await putOff(service, row, error);
    return "again";
  }
  await settle(service, row);
  return "again";
}

async function deliver({ rules }: Delivering, { what, name, digest }: DeliveryRow): Promise<void> {
  if (what === "remove") return removeArchive(rules.archiveFolder, name);
  const second = rules.archiveCopy;
  // There was a second folder when it was noted, and the configuration names none any more.
  if (second === undefined) return;
  if (!(await isFolder(second))) throw new Undeliverable("absent");
  if (what === "remove-copy") return removeArchive(second, name);
  const there = formsIn(second, name);
  if ((await isWhole(there.folder, digest)) && (await isWhole(there.zip, digest))) return;
  const from = formsIn(rules.archiveFolder, name);
  if (!(await isWhole(from.folder, digest)) || !(await isWhole(from.zip, digest))) {
    throw new Undeliverable("damaged");
  }
  await copyArchive({ name, digest }, from, second, rules.archiveReaders);
}

/** What a file system refuses is nobody's bug. */
async function trying(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ArchiveFailure) {
      throw new Undeliverable(error.code === "archive-exists" ? "taken" : "failing", error);
    }
    if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) throw error;
    throw new Undeliverable(meanings[String(error.code)] ?? "failing", error);
  }
}

async function putOff(
  service: Delivering,
  row: DeliveryRow,
  { trouble, cause }: Undeliverable,
): Promise<void> {
  const { incident, what, name } = row;
  const failures = row.failures + 1;
  const outcome = { failures, not_before: service.now() + pauseAfter(failures), trouble };
  const isNews = trouble !== row.trouble;
  await telling(
    service,
    row,
    isNews ? copyTrouble({ ...errandOf(service, row), trouble }) : undefined,
    (change) => deferDelivery(change, row, outcome),
  );
  if (isNews)
    service.log.warn({ incident, what, name, trouble, err: cause }, "an archive could not be delivered");
}

async function settle(service: Delivering, row: DeliveryRow): Promise<void> {
  const { incident, what, name, trouble } = row;
  await telling(service, row, trouble === null ? undefined : copyMade(errandOf(service, row)), (change) =>
    dropDelivery(change, row),
  );
  const done = what === "copy" ? "an archive was copied" : "a superseded archive was removed";
  service.log.info({ incident, what, name }, done);
}

function errandOf({ rules }: Delivering, { incident, name, what }: DeliveryRow) {
  const { archiveFolder: from, archiveCopy = from } = rules;
  return { incident, name, what, from, to: what === "remove" ? from : archiveCopy };
}

/** Notes what came of it, and tells the administrators where they have a room: both or neither. */
async function telling(
  { db, bells }: Delivering,
  { incident, name, what, failures }: DeliveryRow,
  message: Message | undefined,
  note: (change: Change) => Promise<void>,
): Promise<void> {
  const roomId = message === undefined ? undefined : await administratorsRoom(db);
  await db.transaction().execute(async (change) => {
    await note(change);
    if (message === undefined || roomId === undefined) return;
    const key = `${incident}/${what}/${name}/${failures}`;
    await put(change, [{ key, roomId, incident, type: "m.room.message", content: messageContent(message) }]);
  });
  if (roomId !== undefined) bells.outbox(roomId);
}
