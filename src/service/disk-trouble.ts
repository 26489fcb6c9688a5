import type { IncidentId } from "../incident/ids.ts";
import type { Service } from "./service.ts";

/** What a file system says when it takes no files, and what helps. */
const troubles: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full; free some space"],
  ["EDQUOT", "its quota is used up; raise it, or free some space"],
  ["EFBIG", "a file may not become so large; raise the limit of file sizes"],
  ["EROFS", "it can only be read; let it be written again"],
  ["EACCES", "Cordon may not write there; give it the right to"],
  ["EPERM", "Cordon may not write there; give it the right to"],
  // What Node.js makes of a folder that can only be read, where it makes another in it.
  ["ENOENT", "it is not there, or can only be read; mount it, or let it be written again"],
  ["ENOTDIR", "it is no folder; name another"],
  ["EEXIST", "a file stands where a folder has to be; move it away"],
  ["EIO", "the disk fails; look after it"],
  ["EMFILE", "no more files can be opened; raise the limit of open files"],
  ["ENFILE", "no more files can be opened; raise the limit of open files"],
]);

/** What has to do with the folder of archives. */
type Storing = Pick<Service, "health" | "log"> & { readonly rules: Pick<Service["rules"], "archiveFolder"> };

/** What is stored there. */
type Stored = "archives" | "attachments";

/**
 * Notes an error that somebody met who wrote for an incident into the folder of archives, and says whether it was
 * the disk's: then nothing is wrong with what was written, it is told once, and may pass. People can go on talking.
 */
export function metDisk(
  { health, log, rules }: Storing,
  incident: IncidentId,
  stored: Stored,
  error: unknown,
): boolean {
  // Network connections fail with some of the same codes.
  if (!(error instanceof Error && "code" in error && "syscall" in error) || error.syscall === "connect")
    return false;
  const what = troubles.get(String(error.code));
  if (what === undefined) return false;
  const words = `${stored} cannot be stored in ${rules.archiveFolder}: ${what}`;
  if (health.trouble(nameOf(incident, stored), words, "light")) log.error({ err: error }, words);
  return true;
}

/** What was to be stored for an incident is stored. */
export function diskIsWell({ health }: Pick<Storing, "health">, incident: IncidentId, stored: Stored): void {
  health.well(nameOf(incident, stored));
}

function nameOf(incident: IncidentId, stored: Stored): string {
  return `${stored} of ${incident}`;
}
