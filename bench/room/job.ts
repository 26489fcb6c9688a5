/** What of the archive's bench runs in a process of its own: `make` a room in a folder, or `build` its archive. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { filesIn } from "../../src/archive/bag/bag.ts";
import { buildArchive } from "../../src/archive/build.ts";
import { makeSigningKey } from "../../src/proof/sshkey.ts";
import { toolName, toolVersion } from "../../src/service/version.ts";
import { makeRoom } from "./make.ts";
import { incidentId, openSource, readRoom } from "./stored.ts";

/** An archive that was built. */
export interface Built {
  readonly path: string;
  /** How long it took, from the first question to the store until the archive lay in its place. */
  readonly seconds: number;
  readonly zipBytes: number;
  readonly htmlBytes: number;
  readonly events: number;
  readonly verdict: string;
}

async function build(room: string, folder: string): Promise<Built> {
  const { sealedAt } = await readRoom(room);
  const signer = makeSigningKey();
  const begun = performance.now();
  const { source, close } = await openSource(room);
  const { path, zip, events, verdict } = await buildArchive(source, {
    folder,
    name: `${incidentId}--bench`,
    tool: { name: toolName, version: toolVersion },
    sealedAt,
    signer,
  });
  const seconds = (performance.now() - begun) / 1000;
  await close();
  const pages = (await filesIn(path)).filter((file) => file.endsWith(".html"));
  const sizes = await Promise.all(pages.map(async (file) => (await stat(join(path, file))).size));
  const htmlBytes = sizes.reduce((sum, size) => sum + size, 0);
  return { path, seconds, zipBytes: (await stat(zip)).size, htmlBytes, events, verdict };
}

const [job, room = "", argument = "", version = ""] = process.argv.slice(2);
if (job === "make") await makeRoom(room, Number(argument), version);
else process.stdout.write(JSON.stringify(await build(room, argument)));
