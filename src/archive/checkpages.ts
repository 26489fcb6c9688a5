import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMaterial } from "./archivedmaterial.ts";
import type { ArchiveFiles } from "./archivefiles.ts";
import { filesIn, sha256Of } from "./bag.ts";
import { readCompleteness } from "./claims.ts";
import { DoesNotHold, fail, type LevelResult, notChecked, pass } from "./level.ts";
import type { ReadManifest } from "./manifest.ts";
import { writeReading } from "./reading.ts";

const part = "pages";

/** What is not made from anything else in the archive. Everything else in `data/` is. */
const isData =
  /^data\/(?:(?:events|media)\/.*|(?:journal|media|redactions|errors)\.ndjson|(?:completeness|server-keys)\.json)$/;

/**
 * L6: what people read is, to the byte, what the data give. It is made again in a folder of our own below the
 * system's temporary one, which is removed afterwards. The data have been checked: `redacted` are the events
 * whose content is gone.
 */
export async function checkPages(
  files: ArchiveFiles,
  manifest: ReadManifest,
  redacted: ReadonlySet<`$${string}`>,
  report: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<LevelResult> {
  const workshop = await mkdtemp(join(tmpdir(), "cordon-verify-"));
  try {
    await makeAgain(files, manifest, redacted, workshop, report, signal);
    const made = await filesIn(join(workshop, "data"));
    await compare(files, join(workshop, "data"), made);
    return pass("L6", part, `${made.length} files are what the data give`);
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

async function makeAgain(
  files: ArchiveFiles,
  manifest: ReadManifest,
  redacted: ReadonlySet<`$${string}`>,
  workshop: string,
  report: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const completeness = await readCompleteness(files);
  const material = await readMaterial(files, manifest, redacted, workshop);
  try {
    const progress = ({ done }: { readonly done: number }) => report(done, manifest.events);
    await writeReading(material, join(workshop, "data"), () => completeness, progress, signal);
  } finally {
    await material.record.log.close();
  }
}

async function compare(files: ArchiveFiles, data: string, made: readonly string[]): Promise<void> {
  for (const name of made) {
    const file = `data/${name}`;
    if (!files.paths.has(file))
      throw new DoesNotHold({ file, reason: "the data give it, and it is missing" });
    if ((await sha256Of(files.open(file))) !== (await sha256Of(createReadStream(join(data, name))))) {
      throw new DoesNotHold({ file, reason: "the data give another one" });
    }
  }
  const known = new Set(made.map((name) => `data/${name}`));
  for (const file of [...files.paths].sort()) {
    if (!file.startsWith("data/") || known.has(file) || isData.test(file)) continue;
    throw new DoesNotHold({ file, reason: "the data do not give it" });
  }
}
