import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "../archive/files/durable.ts";
import { readWholeFile } from "../archive/files/fileread.ts";
import type { Config } from "../config/config.ts";
import { crashPoint } from "../crash/point.ts";
import { copyOut } from "../store/backup.ts";
import { StoreError } from "../store/engine.ts";
import { type AroundUpgrade, inWords, type Upgrade } from "../store/upgrading.ts";
import { inWorkshop, secure } from "./backup.ts";

/** Tells an operator something, with the facts in it as values. */
export type Tell = (facts: object, words: string) => void;

/** What says which database is meant, and where a copy of it has its place. */
type Places = { readonly database: Config["database"]; readonly archive: Pick<Config["archive"], "folder"> };

interface Copy {
  readonly file: string;
  /** An earlier attempt may have left the very same copy. */
  readonly isNew: boolean;
}

/**
 * Keeps a copy of a database before it is migrated, and says what is done: the copy of SQLite lies beside the file,
 * that of PostgreSQL in the folder of archives. Where the migration fails, the copy is taken away again.
 *
 * @param now the time in milliseconds, which becomes part of the copy's name
 */
export function upgradeWith(places: Places, tell: Tell, now: () => number = Date.now): AroundUpgrade {
  return async (upgrade, migrate) => {
    const { from, to } = upgrade;
    const path = `from ${inWords(from)} to ${inWords(to)}`;
    tell(
      { from: from.step, to: to.step },
      `the database is to be migrated ${path}; a copy of it is made first`,
    );
    const { file, isNew } = await keepCopy(places, upgrade, now());
    tell({ copy: file }, `the database as it was is kept in ${file}`);
    crashPoint("upgrade/copied");
    try {
      await migrate(file);
    } catch (error) {
      if (isNew) await rm(file, { force: true });
      throw error;
    }
    tell({ from: from.step, to: to.step, copy: file }, `the database was migrated ${path}`);
  };
}

/**
 * Makes the copy: what has its name is whole and on the disk. What an attempt that was interrupted left is taken away.
 *
 * @throws StoreError `database-not-copied`
 */
async function keepCopy({ database, archive }: Places, { to }: Upgrade, now: number): Promise<Copy> {
  const folder = database.engine === "sqlite" ? dirname(database.file) : archive.folder;
  const name = database.engine === "sqlite" ? basename(database.file) : "cordon.db";
  const stem = `${name}.before-${to.since ?? to.step}-`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const left of await readdir(folder)) {
      if (left.startsWith(`.${stem}`)) await rm(join(folder, left), { recursive: true, force: true });
    }
    const file = unusedName(join(folder, `${stem}${inName(now)}`));
    return await inWorkshop(file, async (copy) => {
      crashPoint("upgrade/copying");
      await copyOut(database, copy);
      await secure(copy);
      const same = await sameAmong(copy, folder, stem);
      if (same !== undefined) return { file: same, isNew: false };
      await rename(copy, file);
      await syncFolder(folder);
      return { file, isNew: true };
    });
  } catch (error) {
    throw notCopied(folder, error);
  }
}

/** `20261201T031042Z`. */
function inName(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function unusedName(file: string): string {
  let name = file;
  for (let n = 2; existsSync(name); n += 1) name = `${file}-${n}`;
  return name;
}

/** A copy of before that holds the same bytes: a start that fails again and again keeps one, and not one each time. */
async function sameAmong(copy: string, folder: string, stem: string): Promise<string | undefined> {
  const { size } = await stat(copy);
  let digest: string | undefined;
  for (const name of (await readdir(folder)).toSorted()) {
    const other = join(folder, name);
    if (!name.startsWith(stem)) continue;
    const found = await stat(other);
    if (!found.isFile() || found.size !== size) continue;
    digest ??= (await readWholeFile(copy)).sha256;
    if ((await readWholeFile(other)).sha256 === digest) return other;
  }
  return undefined;
}

function notCopied(folder: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const what = error instanceof Error ? error.message : String(error);
  const nothing = "nothing was migrated, and the version from before still works";
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(code)) {
    return new StoreError(
      "database-not-copied",
      `the disk under ${folder} has no room for the copy of the database that is kept before it is migrated`,
      `free as much as the database takes, and start again; ${nothing}`,
      error,
    );
  }
  return new StoreError(
    "database-not-copied",
    `the database could not be copied to ${folder}, which is done before it is migrated (${what})`,
    `see that the folder can be written and its disk is sound, and start again; ${nothing}`,
    error,
  );
}
