import type { ReadManifest } from "../bag/manifest.ts";
import { Fingerprints } from "../files/output.ts";
import { ownRenderer, type Renderer } from "../maker.ts";
import type { ArchiveFiles } from "../opened/archivefiles.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, type Problem, pass } from "../opened/level.ts";
import { writeReading } from "../pages/reading.ts";
import type { RoomRecord } from "../record/record.ts";
import { readMaterial } from "./archivedmaterial.ts";
import { readCompleteness } from "./claims.ts";

const part = "pages";

/** What is not made from anything else in the archive. Everything else in `data/` is. */
const isData =
  /^data\/(?:(?:events|media)\/.*|(?:journal|media|redactions|errors)\.ndjson|(?:completeness|server-keys)\.json)$/;

/**
 * L6, in an archive of this renderer: what people read is, to the byte, what the data give. It is made again, and only its hashes are kept. The
 * files have been found to have these `hashes`, and their events to give this `record`.
 */
export async function checkPages(
  files: ArchiveFiles,
  hashes: ReadonlyMap<string, string>,
  manifest: ReadManifest,
  record: RoomRecord,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<LevelResult> {
  try {
    const made = await makeAgain(files, manifest, record, report, signal);
    const difference = differenceOf(hashes, made);
    if (difference === undefined) return pass("L6", part, `${made.size} files are what the data give`);
    const tables = otherTables(manifest);
    if (tables === undefined) return fail("L6", part, difference);
    return notChecked("L6", part, `${difference.file}: ${difference.reason}, ${tables}`);
  } catch (problem) {
    signal?.throwIfAborted();
    if (problem instanceof DoesNotHold) return fail("L6", part, problem.problem);
    if (!(problem instanceof Error)) throw problem;
    if ("syscall" in problem) return notChecked("L6", part, `they cannot be made again: ${problem.message}`);
    // Whoever signed this may have signed anything: data that no page can be made of is no fault of ours.
    return fail("L6", part, {
      file: "data/",
      reason: `no pages can be made of the data: ${problem.message}`,
    });
  } finally {
    record.log.close();
  }
}

/** The hashes of all that people read, by its path below `data/`, as it follows from the data. */
async function makeAgain(
  files: ArchiveFiles,
  manifest: ReadManifest,
  record: RoomRecord,
  report: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const completeness = await readCompleteness(files);
  const material = await readMaterial(files, manifest, record);
  const fingerprints = new Fingerprints();
  const progress = ({ done }: { readonly done: number }) => report(done, manifest.events);
  await writeReading(material, fingerprints, () => completeness, progress, signal);
  return fingerprints.made;
}

function differenceOf(
  hashes: ReadonlyMap<string, string>,
  made: ReadonlyMap<string, string>,
): Problem | undefined {
  for (const [name, sha256] of made) {
    const file = `data/${name}`;
    const found = hashes.get(file);
    if (found === undefined) return { file, reason: "the data give it, and it is missing" };
    if (found !== sha256) return { file, reason: "the data give another one" };
  }
  for (const file of hashes.keys()) {
    if (!file.startsWith("data/") || made.has(file.slice("data/".length)) || isData.test(file)) continue;
    return { file, reason: "the data do not give it" };
  }
  return undefined;
}

/** Whether other tables than ours may be why pages differ: a government may have moved a clock since. */
function otherTables({ renderer }: ReadManifest): string | undefined {
  if (renderer === undefined) return undefined;
  const told = ({ unicode, timeZones }: Renderer) => `Unicode ${unicode} and time zones ${timeZones}`;
  const [theirs, ours] = [told(renderer), told(ownRenderer)];
  return theirs === ours ? undefined : `and it was made with ${theirs}; this Node.js has ${ours}`;
}
