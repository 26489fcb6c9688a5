import type { Kysely, Transaction } from "kysely";
import { type Engine, StoreError } from "./engine.ts";
import { type Migrations, migrations } from "./migrations.ts";
import type { Probe } from "./probe.ts";
import type { Schema } from "./schema.ts";
import type { Term } from "./term.ts";
import {
  type AroundUpgrade,
  appliedSteps,
  bringUpToDate,
  newestForm,
  refuseNewer,
  refuseOlder,
} from "./upgrading.ts";

/** For a database that is nobody's only one: it is migrated as it is. */
const atOnce: AroundUpgrade = (_, migrate) => migrate();

/** Where a database is: a file of this machine, or a PostgreSQL address. */
export type DatabaseAddress =
  | { readonly engine: "sqlite"; readonly file: string }
  | { readonly engine: "postgres"; readonly url: string };

/** Something queries can be asked of: the database, or a transaction in it. */
export type Queries = Kysely<Schema>;
export type Change = Transaction<Schema>;

/** An open database whose tables are the ones this version knows. */
export interface Store {
  readonly engine: Engine;
  readonly db: Queries;
  /** The name of the newest migration that the database has. */
  readonly version: string;
  close(): Promise<void>;
}

/** A database as an engine opens it, before its tables have been looked at. */
export interface Opened {
  readonly db: Queries;
  close(): Promise<void>;
}

/** A database that several Cordons may have open at a time, as an engine opens it. */
export interface Shared extends Opened {
  /**
   * Begins to lead: at once or not at all, or, with a signal that ends the waiting, as soon as nobody else does.
   *
   * @throws StoreError `database-in-use` where somebody else leads and there is no waiting
   */
  lead(options: { readonly wait?: AbortSignal }): Promise<Term>;
  /** Has the database refuse the writes of whoever leads no longer. */
  guard(db: Queries): Promise<void>;
  /** Anybody may see whether it takes what is written. */
  readonly probe: Probe;
}

/** An open database on which several Cordons may work: each keeps what the homeserver brings, one at a time leads. */
export interface SharedStore {
  readonly engine: Engine;
  /** For what anybody may do: to keep what has arrived, and to read. */
  readonly db: Queries;
  /** Whether the tables are the ones this version knows. Those of an older version are changed by who leads. */
  isUpToDate(): Promise<boolean>;
  /**
   * Begins to lead, with every migration applied; see {@link Shared.lead}.
   *
   * @throws StoreError
   */
  lead(options?: { readonly wait?: AbortSignal }): Promise<Term>;
  readonly probe: Probe;
  close(): Promise<void>;
}

/**
 * Opens the database for the service. A SQLite file is this process's alone, and a second one is refused; on
 * PostgreSQL others may be at work.
 *
 * @param known the migrations of this version, by name in their order
 * @param around what is done before a database that holds something is migrated, and after
 * @throws StoreError with a code and a cure; the database is as it was before.
 */
export async function openShared(
  address: DatabaseAddress,
  known: Migrations = migrations(address.engine),
  around: AroundUpgrade = atOnce,
): Promise<SharedStore> {
  const opened = await share(address);
  return using(opened, async () => {
    await refuseNewer(opened.db, known, address.engine);
    return {
      engine: address.engine,
      db: opened.db,
      close: opened.close,
      probe: opened.probe,
      isUpToDate: async () => (await appliedSteps(opened.db)).includes(newestForm(known).step),
      async lead(options = {}) {
        const term = await opened.lead(options);
        try {
          await refuseNewer(term.db, known, address.engine);
          await bringUpToDate(term.db, known, around);
          await opened.guard(term.db);
          return term;
        } catch (error) {
          await term.end();
          throw error;
        }
      },
    };
  });
}

/**
 * Opens the database for this process alone, as who leads: a second one is refused. Every migration is applied.
 *
 * @param known the migrations of this version, by name in their order
 * @param around see {@link openShared}
 * @throws StoreError with a code and a cure; the database is as it was before.
 */
export async function openStore(
  address: DatabaseAddress,
  known: Migrations = migrations(address.engine),
  around: AroundUpgrade = atOnce,
): Promise<Store> {
  const shared = await openShared(address, known, around);
  return using(shared, async () => {
    const term = await shared.lead();
    return {
      engine: address.engine,
      db: term.db,
      version: newestForm(known).step,
      async close() {
        await term.end();
        await shared.close();
      },
    };
  });
}

/**
 * Opens the database only to read, beside a running service or without one. Nothing is migrated.
 *
 * @param options.older whether a database that the service has not brought up to date is read all the same; then
 *   tables and columns may be missing
 * @throws StoreError with a code and a cure.
 */
export async function openForReading(
  address: DatabaseAddress,
  { older = "refused" }: { readonly older?: "refused" | "read" } = {},
): Promise<Store> {
  const opened = await read(address);
  return using(opened, async () => {
    const known = migrations(address.engine);
    await refuseNewer(opened.db, known, address.engine);
    const applied = await appliedSteps(opened.db);
    if (applied.length === 0) {
      throw new StoreError(
        "database-missing",
        "the database holds nothing of Cordon yet",
        "run `cordon start` once, which makes its tables",
      );
    }
    if (older === "refused") refuseOlder(applied, known);
    return { ...opened, engine: address.engine, version: applied.at(-1) ?? "" };
  });
}

/** Opens the engine that is needed, and loads no other. */
async function share(address: DatabaseAddress): Promise<Shared> {
  if (address.engine === "sqlite") return (await import("./sqlite.ts")).shareSqlite(address.file);
  return (await import("./postgres.ts")).sharePostgres(address.url);
}

async function read(address: DatabaseAddress): Promise<Opened> {
  if (address.engine === "sqlite")
    return (await import("./sqlite.ts")).openSqlite(address.file, { readOnly: true });
  return (await import("./postgres.ts")).readPostgres(address.url);
}

/** Closes what was opened where the next step fails. */
async function using<T>(opened: { close(): Promise<void> }, next: () => Promise<T>): Promise<T> {
  try {
    return await next();
  } catch (error) {
    await opened.close();
    throw error;
  }
}
