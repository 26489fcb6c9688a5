import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import {
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { StoreError } from "./engine.ts";
import { probeOfSqlite } from "./probe.ts";
import type { Schema } from "./schema.ts";
import { StatementsAtHand } from "./statements.ts";
import type { Opened, Shared } from "./store.ts";
import { onlyTerm } from "./term.ts";

/**
 * Opens a SQLite file: write-ahead log, and a commit is on the disk before it returns, since what is
 * acknowledged must survive a power cut.
 *
 * @param options.readOnly beside whoever is writing; otherwise the file is this process's alone
 * @throws StoreError
 */
export function openSqlite(file: string, options: { readonly readOnly?: boolean } = {}): Opened {
  const readOnly = options.readOnly ?? false;
  checkPlace(file, readOnly);
  const release = readOnly ? () => {} : occupy(file);
  try {
    if (!readOnly) makeForOwner(file);
    const database = new Sqlite(file, { readonly: readOnly, fileMustExist: readOnly });
    database.pragma("busy_timeout = 5000");
    if (!readOnly) {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
    }
    database.pragma("foreign_keys = ON");
    const db = new Kysely<Schema>({ dialect: new Dialect(database) });
    return {
      db,
      async close() {
        await db.destroy();
        release();
      },
    };
  } catch (error) {
    release();
    throw explain(file, error);
  }
}

/**
 * Opens a SQLite file for the service: nobody shares it, so whoever has it leads.
 *
 * @throws StoreError
 */
export function shareSqlite(file: string): Shared {
  const opened = openSqlite(file);
  return {
    ...opened,
    guard: async () => {},
    lead: async () => onlyTerm(opened.db),
    probe: probeOfSqlite(opened.db),
  };
}

class Dialect extends SqliteDialect {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new TruthfulDriver(this.#database);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite can change tables inside a transaction; Kysely's adapter does not use it, this one does. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): true {
    return true;
  }
}

/**
 * SQLite itself rolls back where the disk is full or fails. To do it again would be an error, which hid what
 * really happened and made a full disk look like a fault of what was being written.
 */
class TruthfulDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database: new StatementsAtHand(database) });
    this.#database = database;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/**
 * Takes the file for this process alone, until it ends, however it ends. The lock is a transaction on a
 * second SQLite file: the operating system lets go of it with the process, and readers of the database
 * itself are not kept out.
 */
export function occupy(file: string): () => void {
  const lock = openLock(file);
  try {
    lock.pragma("busy_timeout = 0");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw explain(file, error);
    throw new StoreError(
      "database-in-use",
      `another Cordon is running on ${file}`,
      "stop it first; two services must never share one SQLite file",
    );
  }
  return () => lock.close();
}

function openLock(file: string): Sqlite.Database {
  try {
    makeForOwner(`${file}-in-use`);
    return new Sqlite(`${file}-in-use`);
  } catch (error) {
    throw explain(file, error);
  }
}

/** Makes a file that its owner alone can read, where there is none. SQLite gives the same rights to those beside it. */
function makeForOwner(file: string): void {
  try {
    closeSync(openSync(file, "a", 0o600));
  } catch {
    // Why it cannot be made is said by SQLite, which tries next, in the codes that are explained here.
  }
}

function checkPlace(file: string, readOnly: boolean): void {
  const folder = dirname(file);
  if (readOnly) {
    if (existsSync(file)) return;
    throw new StoreError(
      "database-missing",
      `there is no database at ${file}`,
      "check `database.url` in the configuration, or run `cordon start` once, which makes it",
    );
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) {
        throw new StoreError("database-unreadable", `${file} is a folder`, "name a file in `database.url`");
      }
      accessSync(file, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    throw explain(file, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** Puts into words why a file cannot be used. */
function explain(file: string, error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code)) {
    return new StoreError(
      "database-read-only",
      `${file} cannot be written (${code})`,
      `give the user that runs Cordon write access to ${dirname(file)}, or name another place in \`database.url\``,
      error,
    );
  }
  if (/^(SQLITE_NOTADB|SQLITE_CORRUPT)/.test(code)) {
    return new StoreError(
      "database-unreadable",
      `${file} is no SQLite database, or it is damaged (${code})`,
      "check `database.url`; if the disk failed, restore the last backup",
      error,
    );
  }
  if (/^(ENOSPC|SQLITE_FULL)/.test(code)) {
    return new StoreError("database-read-only", `the disk under ${file} is full`, "free some space", error);
  }
  if (/^(ENOTDIR|EEXIST)/.test(code)) {
    return new StoreError(
      "database-unreadable",
      `${dirname(file)} is no folder`,
      "name another place in `database.url`",
      error,
    );
  }
  return error;
}
