import type { ArchiveSource } from "../../src/archive/source.ts";
import { hostileRoom } from "./hostile-room.ts";
import { recorded, sourceOf } from "./recorded.ts";

/** So many that threads prove and check them: few are proven where they are asked for. */
const lines = 1_200;
const pageSize = 100;

/** Rooms in whose archives everything occurs that an archive is made with: files, code, polls, every kind of text. */
export async function rooms(folder: string): Promise<readonly ArchiveSource[]> {
  const large = hostileRoom();
  for (let line = 1; line <= lines; line += 1) large.say(`line ${line}`);
  const seal = large.seal();
  return [await sourceOf(await recorded("11"), folder), large.source({ seal, pageSize })];
}
