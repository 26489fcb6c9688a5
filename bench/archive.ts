/**
 * How long it takes to make the archive of a large room and to verify it, and in how much memory. The room is
 * made first, of validly signed events; building and verifying run in processes of their own. Within a service,
 * which is run with flags that save memory, building takes half as long again.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sparing } from "../bin/setup/flags.js";
import { hundredths } from "./figures.ts";
import type { Built } from "./room/job.ts";
import { type Measured, measured } from "./room/measured.ts";
import { inWorkplace } from "./workplace.ts";

interface ArchiveFigures {
  readonly events: number;
  readonly gather_prove_render_s: number;
  /** Mebibytes resident while the archive was built. */
  readonly peak_rss_mb: number;
  readonly verify_s: number;
  readonly verify_rss_mb: number;
  readonly html_bytes: number;
  readonly zip_bytes: number;
  /** `null` where the room is smaller than that. */
  readonly events_per_s_10k: number | null;
  readonly events_per_s_100k: number | null;
}

const job = fileURLToPath(new URL("./room/job.ts", import.meta.url));
const cordon = fileURLToPath(new URL("../bin/cordon.js", import.meta.url));

/** `version` is the version of the room. */
export async function archive(events: number, version: string): Promise<ArchiveFigures> {
  const { built, building, verifying } = await archiveOf(events, version, true);
  return {
    events: built.events,
    gather_prove_render_s: hundredths(built.seconds),
    peak_rss_mb: mebibytes(building),
    verify_s: hundredths(verifying?.seconds ?? Number.NaN),
    verify_rss_mb: verifying === undefined ? Number.NaN : mebibytes(verifying),
    html_bytes: built.htmlBytes,
    zip_bytes: built.zipBytes,
    events_per_s_10k: await speedAt(10_000, built, version),
    events_per_s_100k: await speedAt(100_000, built, version),
  };
}

/** Events a second where the room has so many; `null` where the room that was asked for is smaller. */
async function speedAt(events: number, asked: Built, version: string): Promise<number | null> {
  if (asked.events < events) return null;
  const { seconds } = asked.events === events ? asked : (await archiveOf(events, version)).built;
  return Math.round(events / seconds);
}

/** What there is to tell of an archive, as far as it was wanted. */
interface Outcome {
  readonly built: Built;
  readonly building: Measured;
  readonly verifying?: Measured;
}

/** Makes a room, builds its archive, and verifies that where it is wanted. */
function archiveOf(events: number, version: string, isVerified = false): Promise<Outcome> {
  return inWorkplace(async (folder) => {
    const room = join(folder, "room");
    await mkdir(room);
    await measured(folder, [job, "make", room, String(events), version]);
    const building = await measured(folder, [...sparing, job, "build", room, folder]);
    const built: Built = JSON.parse(building.stdout);
    if (built.verdict !== "proven") throw new Error(`The room was found to be ${built.verdict}.`);
    tell(`built from ${built.events} events`, building);
    if (!isVerified) return { built, building };
    const verifying = await measured(folder, [cordon, "verify", built.path, "--json"]);
    tell("verified", verifying);
    return { built, building, verifying };
  });
}

function tell(what: string, { seconds, cpuSeconds, peakRssBytes }: Measured): void {
  const figures = `${hundredths(seconds)} s, ${hundredths(cpuSeconds)} s of processor time`;
  process.stderr.write(`archive: ${what} in ${figures}, ${mebibytes({ peakRssBytes })} MB\n`);
}

function mebibytes({ peakRssBytes }: Pick<Measured, "peakRssBytes">): number {
  return Math.round(peakRssBytes / 2 ** 20);
}
