import { constants } from "node:fs";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { platform } from "node:process";
import { folderMode } from "../archive/readers.ts";
import type { Config } from "../config/config.ts";
import { inShell } from "../config/secret-file.ts";
import type { Log } from "./log.ts";

/** Access rights of others than the owner and the group, to read and to change. */
const rights = { read: 0o044, change: 0o022 } as const;

/** A file or folder of Cordon's own that others than those whom the configuration names can read or change. */
export interface Exposed {
  readonly path: string;
  /** Its access rights, and those that it should have. */
  readonly mode: number;
  readonly wanted: number;
  /** Whether it belongs to the user that asks, who alone can change that. What a link leads to is somebody else's. */
  readonly isOurs: boolean;
}

type Places = {
  readonly database: Config["database"];
  readonly archive: Pick<Config["archive"], "folder" | "readableBy">;
};

/** SQLite's files beside a database, our lock, and what restores and upgrades have put aside. */
const companions = /^(|-wal|-shm|-journal|-in-use|-in-use-journal|-before-.*|\.before-.*)$/;

/**
 * What Cordon has made in the places that the configuration names, and others can read or change. An older version
 * left databases to the umask. The folder of archives stands for what is in it: nobody comes in who may not.
 */
export async function exposedFiles({ database, archive }: Places): Promise<readonly Exposed[]> {
  // Windows keeps access rights elsewhere; the mode says nothing about them.
  if (platform === "win32") return [];
  const file = database.engine === "sqlite" ? database.file : join(archive.folder, "cordon.db");
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => []);
  const own = names.filter(
    (name) => name.startsWith(basename(file)) && companions.test(name.slice(basename(file).length)),
  );
  const found = await Promise.all([
    ...own.toSorted().map((name) => exposed(join(folder, name), 0o600)),
    exposed(archive.folder, folderMode[archive.readableBy]),
  ]);
  return found.filter((each) => each !== undefined);
}

async function exposed(path: string, wanted: number): Promise<Exposed | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || (found.mode & (rights.read | rights.change) & ~wanted) === 0) return undefined;
  const isLink = (await lstat(path)).isSymbolicLink();
  return { path, mode: found.mode & 0o777, wanted, isOurs: !isLink && found.uid === process.getuid?.() };
}

/** At start: takes from others what is not for them, and says so. What belongs to another user is only named. */
export async function closeToOthers(places: Places, log: Pick<Log, "warn">): Promise<void> {
  for (const each of await exposedFiles(places)) {
    const { path, mode, wanted, isOurs } = each;
    const facts = { path, mode: written(mode) };
    if (!isOurs) {
      log.warn(facts, `${path} can be ${verb(each)} by others (${written(mode)}); ${cureFor(each)}`);
      continue;
    }
    await close(path, mode & wanted);
    log.warn(
      facts,
      `${path} could be ${verb(each)} by others (${written(mode)}) and is now ${written(mode & wanted)}`,
    );
  }
}

/** Sets the access rights of a file or folder, and of nothing that a link in its place leads to. */
async function close(path: string, mode: number): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    // A folder may hand its group on to what is made in it.
    const kept = (await handle.stat()).mode & 0o7000;
    await handle.chmod(kept | mode);
  } finally {
    await handle.close();
  }
}

/** What to type so that others cannot read or change it any more. */
export function cureFor({ path, mode, wanted, isOurs }: Exposed): string {
  const command = `chmod ${written(mode & wanted)} ${inShell(path)}`;
  return isOurs ? command : `as its owner: ${command}`;
}

/** What others can do with it: `read`, `changed`, or both. */
export function verb({ mode, wanted }: Exposed): string {
  const beyond = mode & ~wanted;
  const can = [...(beyond & rights.read ? ["read"] : []), ...(beyond & rights.change ? ["changed"] : [])];
  return can.join(" and ");
}

/** Access rights as they are typed: `0644`. */
export function written(mode: number): string {
  return `0${mode.toString(8).padStart(3, "0")}`;
}
