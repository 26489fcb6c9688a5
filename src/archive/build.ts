import { join } from "node:path";
import { crashPoint } from "../crash/point.ts";
import { roomRules } from "../proof/roomversion.ts";
import { readServerKeys } from "../proof/serverkeys.ts";
import { AttachmentStore } from "./attachments/attachments.ts";
import { writePayload } from "./bag/payload.ts";
import { beginWork, type Place, placeFor, putInPlace } from "./bag/place.ts";
import { writeTagFiles } from "./bag/tagfiles.ts";
import { zipFolder } from "./bag/zip.ts";
import { type Chronicle, readChronicle } from "./chronicle.ts";
import { type Evidence, judge, type Verdict } from "./completeness.ts";
import type { Draft, Imprint } from "./draft.ts";
import { folder } from "./files/output.ts";
import { compareLive } from "./history/live.ts";
import { type ProvenRecord, proveWalk, type RecordPlan } from "./history/provewalk.ts";
import { walk } from "./history/walk.ts";
import { ownRenderer } from "./maker.ts";
import { writeReading } from "./pages/reading.ts";
import { letRead, type Readers } from "./readers.ts";
import type { ArchiveSource, Progress } from "./source.ts";

/** How an archive is to be made. */
export interface BuildOptions extends Imprint {
  /** The folder in which the archive comes to lie. It exists. */
  readonly folder: string;
  /** Who may read it; its owner alone where not given. */
  readonly readers?: Readers;
  /** Replace another archive of the same name. Only right while nobody was told of that one. */
  readonly supersede?: boolean;
  /** Who makes it, where somebody else may believe it is theirs to make. */
  readonly builder?: number;
  /** Rejects where it is somebody else's to make by now; asked before it is put in its place. */
  readonly confirm?: () => Promise<void>;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** An archive that is in its place. */
export interface BuiltArchive {
  /** The folder. */
  readonly path: string;
  readonly zip: string;
  /** SHA-256 of `tagmanifest-sha256.txt`, in hexadecimal: the archive in one value. */
  readonly digest: string;
  readonly events: number;
  readonly verdict: Verdict;
  /** The verdict in a sentence. */
  readonly statement: string;
  /** The report as one self-contained file. */
  readonly report: string;
}

/**
 * Makes the archive of an incident: reads the room's history from the homeserver, proves every event, renders
 * and bundles. The same input gives the same bytes. All work is done in a hidden folder beside the place; what
 * comes to lie in the place is whole and on the disk. After an interruption the next attempt goes on with the
 * history as far as it was read, and makes the rest anew.
 * @throws ArchiveFailure, or what the source throws; then nothing lies in the place.
 */
export async function buildArchive(source: ArchiveSource, options: BuildOptions): Promise<BuiltArchive> {
  const place = placeFor(options.folder, options.name, options.builder);
  await beginWork(place);
  const { completeness, digest } = await fill(source, options, place);
  crashPoint("archive/filled");
  options.progress?.({ step: "bundling", done: completeness.events.recorded });
  await zipFolder(place.unfinished.folder, options.name, place.unfinished.zip);
  crashPoint("archive/bundled");
  await letRead(options.readers ?? "owner", place.unfinished);
  await options.confirm?.();
  await putInPlace(place, options.supersede ?? false);
  return {
    path: place.finished.folder,
    zip: place.finished.zip,
    digest,
    events: completeness.events.recorded,
    verdict: completeness.verdict,
    statement: completeness.statement,
    report: join(place.finished.folder, "data", "report.html"),
  };
}

/** Writes the archive's folder: first what the room and the journal hold, then what follows from it. */
async function fill(
  source: ArchiveSource,
  options: BuildOptions,
  place: Place,
): Promise<{ readonly completeness: Draft["completeness"]; readonly digest: string }> {
  const { signal, progress = () => {} } = options;
  const data = join(place.unfinished.folder, "data");
  const serverKeys = await source.serverKeys();
  const plan = recordPlan(source, serverKeys, data, place.workshop);
  const chronicle = await readChronicle(source.journal());
  const walked = await walk(source, place.walk, progress, signal);
  crashPoint("archive/walked");
  const record = await proveWalk(walked, plan, progress, signal);
  crashPoint("archive/proven");
  try {
    progress({ step: "comparing", done: record.log.count });
    const live = await compareLive(source, record, plan, join(data, "events", "live.ndjson"));
    const attachments = new AttachmentStore(source, data);
    const imprint = { ...options, renderer: ownRenderer };
    const material = { source, imprint, rules: plan.rules, chronicle, record, attachments };
    const evidence = { ...evidenceOf(record, plan), putBack: putBackIn(chronicle), live };
    const complete = () => judge({ ...evidence, missingMedia: attachments.missing() });
    const completeness = await writeReading(material, folder(data), complete, progress, signal);
    const draft = { ...material, serverKeys, completeness };
    await writePayload(draft, data);
    return { completeness, digest: await writeTagFiles(draft, place.unfinished.folder) };
  } finally {
    record.log.close();
  }
}

function recordPlan(
  { incident, seal }: ArchiveSource,
  serverKeys: unknown,
  data: string,
  workshop: string,
): RecordPlan {
  const keys = readServerKeys(serverKeys);
  if (incident.room === undefined) throw new Error(`${incident.id} has no room that could be archived`);
  return {
    room: incident.room.id,
    rules: roomRules(incident.room.version),
    events: join(data, "events"),
    scratch: join(workshop, "set-aside.ndjson"),
    ...(keys === undefined ? {} : { keys }),
    ...(seal === undefined ? {} : { seal }),
  };
}

/** What the journal itself says of its having been put back to an older state. */
function putBackIn({ entries }: Chronicle): Evidence["putBack"] {
  return entries.flatMap((entry) =>
    entry.type === "restored" ? [{ to: entry.seq - 1, until: entry.data.until }] : [],
  );
}

/** What the record itself says about its completeness. */
function evidenceOf(
  record: ProvenRecord,
  { seal }: RecordPlan,
): Omit<Evidence, "putBack" | "live" | "missingMedia"> {
  const { graph, redactions } = record;
  const covered = seal === undefined ? undefined : graph.coveredBy(seal);
  const roots = graph.roots();
  return {
    events: graph.size,
    redacted: redactions.count,
    unsound: record.unsound,
    missing: graph.missing(),
    beginsWithRoom: roots.length === 1 && roots[0] === record.creation,
    isSealed: covered !== undefined,
    unsealed: covered === undefined ? [] : graph.idsWhere((place) => covered[place] !== 1),
    unexplainedRedactions: redactions.unexplained(),
    unchecked: record.unchecked,
    ...(seal === undefined ? {} : { seal }),
  };
}
