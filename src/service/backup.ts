import { existsSync } from "node:fs";
import { chmod, copyFile, mkdtemp, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { syncFolder } from "../archive/files/durable.ts";
import type { Config } from "../config/config.ts";
import { type Contents, contentsOf } from "../journal/contents.ts";
import { refold } from "../journal/refold.ts";
import { copyOut } from "../store/backup.ts";
import { StoreError } from "../store/engine.ts";
import { migrations } from "../store/migrations.ts";
import { openForReading, openStore } from "../store/store.ts";
import { newestForm } from "../store/upgrading.ts";
import { checkJournal } from "./checkup/journal.ts";

/** A backup that was made, and read again. */
export interface Backup extends Contents {
  readonly file: string;
  readonly bytes: number;
  /** What an installation needs besides it, and where that lies. */
  readonly notInIt: readonly { readonly what: string; readonly path: string }[];
}

/**
 * Writes everything in the database, as it is at one moment, into one file, beside a running service or without
 * one. It is read again before it gets its name: what has the name is whole.
 *
 * @throws StoreError
 */
export async function makeBackup(
  config: Config,
  to: string,
  options: { readonly overwrite?: boolean } = {},
): Promise<Backup> {
  const file = resolve(to);
  if (existsSync(file) && options.overwrite !== true) {
    throw new StoreError(
      "backup-exists",
      `${file} is there already`,
      "name another file, or add --overwrite",
    );
  }
  return inWorkshop(file, async (copy) => {
    const steps = await copyOut(config.database, copy);
    const contents = await (isPresent(steps) ? examine(copy) : examineOlder(copy));
    const bytes = await secure(copy);
    await rename(copy, file);
    await syncFolder(dirname(file));
    return { file, bytes, ...contents, notInIt: besides(config) };
  });
}

/**
 * Does something with a file that nobody else sees, on the file system of the file that it is to become.
 *
 * @throws StoreError where the folder cannot be written
 */
export async function inWorkshop<T>(file: string, work: (unfinished: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(dirname(file), `.${basename(file)}-`)).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const cure = "name a file in a folder that is there and can be written";
    throw new StoreError("backup-unwritable", `${dirname(file)} cannot be written (${code})`, cure, error);
  });
  try {
    return await work(join(folder, "database"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Looks whether a database of SQLite is whole, from its chains to the folds beside them.
 *
 * @throws StoreError
 */
export async function examine(file: string): Promise<Contents> {
  const store = await openForReading({ engine: "sqlite", file });
  try {
    const { verdict, says, cure } = await checkJournal(store.db);
    if (verdict !== "ok")
      throw new StoreError("backup-damaged", `the journal in it is ${says}`, cure.join("; "));
    return await contentsOf(store.db);
  } finally {
    await store.close();
  }
}

/** Whether a copy has the form that this version works with. */
function isPresent(steps: readonly string[]): boolean {
  return steps.includes(newestForm(migrations("sqlite")).step);
}

/**
 * Looks through a copy of an older version's database, which stays as it is: what is migrated is a copy of it.
 *
 * @throws StoreError
 */
async function examineOlder(file: string): Promise<Contents> {
  const scratch = `${file}-scratch`;
  await copyFile(file, scratch);
  const store = await openStore({ engine: "sqlite", file: scratch });
  try {
    await refold(store.db);
    return await examine(scratch);
  } finally {
    await store.close();
  }
}

/** Gives a file to its owner alone, and to the disk. It holds everything that was ever typed. */
export async function secure(file: string): Promise<number> {
  await chmod(file, 0o600);
  const handle = await open(file, "r+");
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

function besides({ file, archive, appservice }: Config): Backup["notInIt"] {
  return [
    { what: "configuration", path: file },
    { what: "registration", path: appservice.registration },
    { what: "signing key", path: archive.signingKey },
    { what: "archives and attachments", path: archive.folder },
    ...(archive.copyTo === undefined ? [] : [{ what: "second copy of the archives", path: archive.copyTo }]),
  ];
}
