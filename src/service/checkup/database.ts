import { gapFigures } from "../../journal/histories.ts";
import { asideEvents, inboxFigures } from "../../journal/inbox.ts";
import { incidentIds } from "../../journal/incidents.ts";
import { outboxFigures } from "../../journal/outbox.ts";
import { queues } from "../../journal/queues.ts";
import { countDue } from "../../journal/timers.ts";
import { StoreError } from "../../store/engine.ts";
import { migrations } from "../../store/migrations.ts";
import type { DatabaseAddress, Queries, Store } from "../../store/store.ts";
import { openForReading } from "../../store/store.ts";
import { appliedSteps, formOf, inWords, newestForm } from "../../store/upgrading.ts";
import { fingerprintIn } from "../fingerprint.ts";
import { counted, doubtful, type Finding, ill, longWaitMs, mostNamed, well } from "./finding.ts";

const engineNames = { sqlite: "SQLite", postgres: "PostgreSQL" } as const;

/** What there is to know of a database. */
export interface CheckedDatabase {
  /** Open to be read; not there where it cannot be, or was never made. */
  readonly store?: Store;
  readonly finding: Finding;
  /** That of the installation whose it is; `none` where it is nobody's yet, `undefined` where that cannot be known. */
  readonly fingerprint?: string | undefined;
}

/** Opens the database to read. */
export async function checkDatabase(address: DatabaseAddress): Promise<CheckedDatabase> {
  try {
    const store = await openForReading(address);
    const incidents = await incidentIds(store.db);
    const says = `${engineNames[store.engine]}, schema ${store.version}, ${counted(incidents.length, "incident")}`;
    const fingerprint = (await fingerprintIn(store.db)) ?? "none";
    return { store, finding: well("database", says), fingerprint };
  } catch (error) {
    if (!(error instanceof StoreError)) {
      const words = error instanceof Error ? error.message : String(error);
      const cure = "Check database.url, the rights on the files beside it, and the disk.";
      return { finding: ill("database", `cannot be read (${words})`, cure) };
    }
    const cure = `${error.cure.charAt(0).toUpperCase()}${error.cure.slice(1)}.`;
    // A file is made by the first start. A database of PostgreSQL is not: somebody has to make it.
    if (error.code === "database-missing" && address.engine === "sqlite") {
      const finding = doubtful("database", `not made yet: ${error.message}`, cure);
      return { finding, fingerprint: "none" };
    }
    if (error.code === "database-older") return checkOlder(address, cure);
    return { finding: ill("database", error.message, cure) };
  }
}

/** Says what the next start makes of a database of an older version. */
async function checkOlder(address: DatabaseAddress, cure: string): Promise<CheckedDatabase> {
  const known = migrations(address.engine);
  const store = await openForReading(address, { older: "read" });
  try {
    const path = `from ${inWords(formOf(await appliedSteps(store.db), known))} to ${inWords(newestForm(known))}`;
    const says = `${engineNames[store.engine]}, will be migrated at the next start, ${path}`;
    return { finding: doubtful("database", says, cure), fingerprint: await fingerprintIn(store.db) };
  } finally {
    await store.close();
  }
}

/** What waits to be handled, and what was set aside. */
export async function checkInbox(db: Queries, now: number): Promise<Finding> {
  const { waiting, oldest, aside } = await inboxFigures(db);
  const waited = oldest === null ? 0 : now - oldest;
  const says = `${counted(waiting, "event")} waiting, ${counted(aside, "event")} set aside`;
  const named = (await asideEvents(db, mostNamed)).map(({ event, reason }) => `${event}: ${reason}`);
  if (waited > longWaitMs) {
    const late = `The oldest has waited for ${Math.round(waited / 1000).toLocaleString("en-GB")} s: see whether the service runs and is ready.`;
    return doubtful("inbox", says, late, ...named);
  }
  return named.length === 0 ? well("inbox", says) : doubtful("inbox", says, ...named);
}

/** What waits to be sent, and what the homeserver refused. */
export async function checkOutbox(db: Queries): Promise<Finding> {
  const { waiting, refused } = await outboxFigures(db);
  if (refused.length === 0) return well("outbox", `${counted(waiting, "message")} waiting, none refused`);
  const says = `${counted(waiting, "message")} waiting, some refused by the homeserver`;
  return doubtful("outbox", says, ...refused.map(({ key, refused }) => `${key}: ${refused}`));
}

/** What the homeserver never brought and had to be fetched, and where that cannot be found out. */
export async function checkHistory(db: Queries): Promise<Finding> {
  const { fetched, lastAt, refused } = await gapFigures(db);
  const says =
    lastAt === undefined
      ? "the homeserver has brought every event"
      : `${counted(fetched, "event")} had to be fetched so far, last at ${new Date(lastAt).toISOString()}`;
  if (refused.length === 0) return well("history", says);
  const named = refused.slice(0, mostNamed).map(({ room, reason }) => `${room}: ${reason}`);
  return doubtful("history", `${says}; ${counted(refused.length, "room")} cannot be read`, ...named);
}

/** What is to be done besides handling events and sending messages. */
export async function checkQueues(db: Queries, now: number): Promise<Finding> {
  const { timersDue, attachmentsWaiting, deliveriesWaiting } = await queues(db, now);
  const says = [
    `${counted(timersDue, "timer")} due`,
    `${counted(attachmentsWaiting, "file")} to fetch`,
    `${counted(deliveriesWaiting, "archive")} to copy or remove`,
  ].join(", ");
  if ((await countDue(db, now - longWaitMs)) === 0) return well("other queues", says);
  return doubtful("other queues", says, "Timers are overdue: see whether the service runs and is ready.");
}
