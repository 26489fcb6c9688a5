import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMaterial } from "./archivedmaterial.ts";
import type { ArchiveFiles } from "./archivefiles.ts";
import { readCompleteness } from "./claims.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, pass } from "./level.ts";
import type { ReadManifest } from "./manifest.ts";
import { Fingerprints } from "./output.ts";
import { writeReading } from "./reading.ts";

const part = "pages";

/** What is not made from anything else in the archive. Everything else in `data/` is. */
const isData =
  /^data\/(?:(?:events|media)\/.*|(?:journal|media|redactions|errors)\.ndjson|(?:completeness|server-keys)\.json)$/;

/**
 * L6: what people read is, to the byte, what the data give. It is made again, and only its hashes are kept; events
 * are copied into a folder of our own below the system's temporary one, to be read in any order, which is removed
 * afterwards. The files have been found to have these `hashes`, and the data to hold: `redacted` are the events
 * whose content is gone.
 */
export async function checkPages(
  files: ArchiveFiles,
  hashes: ReadonlyMap<string, string>,
  manifest: ReadManifest,
  redacted: ReadonlySet<`$${string}`>,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<LevelResult> {
  const workshop = await mkdtemp(join(tmpdir(), "cordon-verify-"));
  try {
    const made = await makeAgain(files, manifest, redacted, workshop, report, signal);
    compare(hashes, made);
    return pass("L6", part, `${made.size} files are what the data give`);
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
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The hashes of all that people read, by its path below `data/`, as it follows from the data. */
async function makeAgain(
  files: ArchiveFiles,
  manifest: ReadManifest,
  redacted: ReadonlySet<`$${string}`>,
  workshop: string,
  report: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const completeness = await readCompleteness(files);
  const material = await readMaterial(files, manifest, redacted, workshop);
  const fingerprints = new Fingerprints();
  try {
    const progress = ({ done }: { readonly done: number }) => report(done, manifest.events);
    await writeReading(material, fingerprints, () => completeness, progress, signal);
    return fingerprints.made;
  } finally {
    await material.record.log.close();
  }
}

function compare(hashes: ReadonlyMap<string, string>, made: ReadonlyMap<string, string>): void {
  for (const [name, sha256] of made) {
    const file = `data/${name}`;
    const found = hashes.get(file);
    if (found === undefined) throw new DoesNotHold({ file, reason: "the data give it, and it is missing" });
    if (found !== sha256) throw new DoesNotHold({ file, reason: "the data give another one" });
  }
  for (const file of hashes.keys()) {
    if (!file.startsWith("data/") || made.has(file.slice("data/".length)) || isData.test(file)) continue;
    throw new DoesNotHold({ file, reason: "the data do not give it" });
  }
}
