import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { pid, platform } from "node:process";
import type { Problem } from "./problem.ts";

const readByOwner = 0o600;
const readByAll = 0o004;
const changedByOthers = 0o022;

/** A file to be written that holds secrets. */
export interface SecretFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A warning where a file with secrets can be read by everybody, or changed by anybody but its owner. Its group may
 * read it: the homeserver reads the registration, and Kubernetes gives what it mounts to a group.
 *
 * @param cure what to type; for a file that only the service reads where not given
 */
export function exposedSecret(file: string, cure = `chmod 600 ${inShell(file)}`): readonly Problem[] {
  // Windows keeps access rights elsewhere; the mode says nothing about them.
  if (platform === "win32") return [];
  const { mode } = statSync(file);
  const can = [
    ...((mode & readByAll) === 0 ? [] : ["read"]),
    ...((mode & changedByOthers) === 0 ? [] : ["changed"]),
  ];
  if (can.length === 0) return [];
  const message = `holds secrets and can be ${can.join(" and ")} by other users of this machine; ${cure}`;
  return [{ source: file, message }];
}

/**
 * Writes files that only their owner can read, from the first moment. Nothing is left of them where one cannot
 * be written. Those that are replaced are replaced whole, and only after the text of all of them is on the disk.
 *
 * @throws the error of the file system, `EEXIST` where a file is there already and `replace` is false
 */
export function writeSecretFiles(
  files: readonly SecretFile[],
  { replace }: { readonly replace: boolean },
): void {
  const leftovers: string[] = [];
  try {
    for (const { path } of replace ? [] : files) {
      closeSync(openSync(path, "wx", readByOwner));
      leftovers.push(path);
    }
    const whole = files.map(({ path, text }) => {
      const draft = `${path}.${pid}.new`;
      const handle = openSync(draft, "wx", readByOwner);
      leftovers.push(draft);
      writeAndClose(handle, text);
      return { draft, path };
    });
    for (const { draft, path } of whole) renameSync(draft, path);
  } catch (error) {
    for (const path of leftovers) rmSync(path, { force: true });
    throw error;
  }
}

/** A path as it is typed into a shell. */
export function inShell(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function writeAndClose(handle: number, text: string): void {
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
