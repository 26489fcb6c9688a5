import { existsSync, statSync } from "node:fs";
import { chmod, copyFile, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { syncFolder } from "../archive/files/durable.ts";
import type { Config } from "../config/config.ts";
import { type Contents, contentsOf, identityOf } from "../journal/contents.ts";
import { refold } from "../journal/refold.ts";
import { copyInto } from "../store/backup.ts";
import { StoreError } from "../store/engine.ts";
import { migrations } from "../store/migrations.ts";
import { occupy } from "../store/sqlite.ts";
import { type DatabaseAddress, openForReading, openStore, type Queries } from "../store/store.ts";
import type { AroundUpgrade } from "../store/upgrading.ts";
import { examine, inWorkshop, secure } from "./backup.ts";
import { type Tell, upgradeWith } from "./upgrade.ts";

/** What was put in place, and where what was there lies now. */
export interface Restored extends Contents {
  /** A file beside the database's, or the name of a schema in it; `undefined` where there was nothing. */
  readonly formerly: string | undefined;
}

/** What tells one state of an installation from another. */
interface State extends Contents {
  readonly identity: string | undefined;
}

/**
 * Puts a backup in the place of the database that the configuration names, after having looked through it. What
 * is there is kept beside it under another name. Nothing is touched while a service runs, where the backup is
 * damaged, or, unless `replace` is given, where the database holds anything newer or is another installation's.
 *
 * @throws StoreError
 */
export async function restoreBackup(
  config: Config,
  from: string,
  options: { readonly replace?: boolean; readonly now: number; readonly tell?: Tell },
): Promise<Restored> {
  const backup = resolve(from);
  if (!existsSync(backup)) {
    throw new StoreError("backup-missing", `there is no backup at ${backup}`, "check the name of the file");
  }
  if (!statSync(backup).isFile()) {
    throw new StoreError("backup-missing", `${backup} is no file`, "give the name of the backup itself");
  }
  const at = new Date(options.now).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  const { database } = config;
  const place = database.engine === "sqlite" ? database.file : join(tmpdir(), basename(backup));
  return inWorkshop(place, async (copy) => {
    const state = await prepare(backup, copy);
    const { identity: _, ...contents } = state;
    const around = upgradeWith(config, options.tell ?? (() => {}));
    const put = { copy, state, at, replace: options.replace === true, around };
    const formerly =
      database.engine === "sqlite" ? await putFile(database.file, put) : await putRows(database, put);
    return { ...contents, formerly };
  });
}

/** A copy of the backup, brought up to this version and looked through: the backup itself is only read. */
async function prepare(backup: string, copy: string): Promise<State> {
  await copyFile(backup, copy);
  try {
    return await lookThrough(copy);
  } catch (error) {
    if (error instanceof StoreError && error.code.startsWith("backup-")) throw error;
    const words = error instanceof Error ? error.message.replaceAll(copy, backup) : String(error);
    throw new StoreError(
      "backup-damaged",
      `${backup} cannot be used: ${words}`,
      "take another backup",
      error,
    );
  }
}

async function lookThrough(copy: string): Promise<State> {
  const store = await openStore({ engine: "sqlite", file: copy });
  try {
    const identity = await identityOf(store.db);
    if (identity === undefined) {
      throw new StoreError(
        "backup-damaged",
        "there is nothing of Cordon in it",
        "check the name of the file",
      );
    }
    await refold(store.db);
    return { ...(await examine(copy)), identity };
  } finally {
    await store.close();
  }
}

interface Put {
  readonly copy: string;
  readonly state: State;
  /** The time, as it becomes part of the name of what was there. */
  readonly at: string;
  readonly replace: boolean;
  /** Done around the upgrade of a database of PostgreSQL that is there and older. */
  readonly around: AroundUpgrade;
}

async function putFile(file: string, { copy, state, at, replace }: Put): Promise<string | undefined> {
  const release = occupy(file);
  try {
    const isThere = existsSync(file);
    if (isThere && !replace) await refuseNewer(await stateIn({ engine: "sqlite", file }), state);
    const aside = `${file}-before-${at}`;
    if (isThere) {
      for (const part of ["", "-wal", "-shm"]) {
        if (!existsSync(file + part)) continue;
        await rename(file + part, aside + part);
        await chmod(aside + part, 0o600);
      }
    }
    await secure(copy);
    await rename(copy, file);
    await syncFolder(dirname(file));
    return isThere ? aside : undefined;
  } finally {
    release();
  }
}

async function putRows(
  address: DatabaseAddress,
  { copy, state, at, replace, around }: Put,
): Promise<string | undefined> {
  const store = await openStore(address, migrations("postgres"), around);
  try {
    const present = await stateOf(store.db);
    const isEmpty = present.identity === undefined;
    if (!replace) await refuseNewer(present, state);
    const aside = isEmpty ? undefined : `cordon_before_${at.toLowerCase()}`;
    await copyInto(store.db, copy, aside);
    return aside;
  } finally {
    await store.close();
  }
}

async function stateIn(address: DatabaseAddress): Promise<State> {
  const store = await openForReading(address, { older: "read" });
  try {
    return await stateOf(store.db);
  } finally {
    await store.close();
  }
}

async function stateOf(db: Queries): Promise<State> {
  return { ...(await contentsOf(db)), identity: await identityOf(db) };
}

async function refuseNewer(present: State, backup: State): Promise<void> {
  if (present.identity === undefined) return;
  const cure = "add --replace to put the backup in its place; what is there now is kept beside it";
  if (present.identity !== backup.identity) {
    throw new StoreError("database-another", "the database is that of another installation", cure);
  }
  if ((present.newestAt ?? 0) <= (backup.newestAt ?? 0)) return;
  const newest = new Date(present.newestAt ?? 0).toISOString();
  throw new StoreError(
    "database-holds-more",
    `the database holds newer data than the backup (${newest})`,
    cure,
  );
}
