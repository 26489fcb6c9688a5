import type { Kysely, Transaction } from "kysely";
import { Migrator } from "kysely/migration";
import { crashPoint } from "../crash/point.ts";
import { type Engine, StoreError } from "./engine.ts";
import { type Migrations, migrations } from "./migrations.ts";
import type { Probe } from "./probe.ts";
import type { Schema } from "./schema.ts";
import type { Term } from "./term.ts";

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
 * @throws StoreError with a code and a cure; the database is as it was before.
 */
export async function openShared(
  address: DatabaseAddress,
  known: Migrations = migrations(address.engine),
): Promise<SharedStore> {
  const opened = await share(address);
  return using(opened, async () => {
    await refuseNewer(opened.db, known);
    return {
      engine: address.engine,
      db: opened.db,
      close: opened.close,
      probe: opened.probe,
      isUpToDate: async () => (await appliedMigrations(opened.db)).includes(newest(known)),
      async lead(options = {}) {
        const term = await opened.lead(options);
        try {
          await refuseNewer(term.db, known);
          await migrate(term.db, known);
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
 * @throws StoreError with a code and a cure; the database is as it was before.
 */
export async function openStore(
  address: DatabaseAddress,
  known: Migrations = migrations(address.engine),
): Promise<Store> {
  const shared = await openShared(address, known);
  return using(shared, async () => {
    const term = await shared.lead();
    return {
      engine: address.engine,
      db: term.db,
      version: newest(known),
      async close() {
        await term.end();
        await shared.close();
      },
    };
  });
}

/**
 * Opens the database only to read, beside a running service or without one. Nothing is migrated: a
 * database that the service has not brought up to date is refused.
 *
 * @throws StoreError with a code and a cure.
 */
export async function openForReading(address: DatabaseAddress): Promise<Store> {
  const opened = await read(address);
  return using(opened, async () => {
    const known = migrations(address.engine);
    await refuseNewer(opened.db, known);
    const applied = await appliedMigrations(opened.db);
    const version = newest(known);
    if (!applied.includes(version)) {
      throw new StoreError(
        "database-missing",
        applied.length === 0
          ? "the database holds nothing of Cordon yet"
          : "the database was made by an older version of Cordon",
        "run `cordon start` once, which brings it up to date",
      );
    }
    return { ...opened, engine: address.engine, version };
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

async function appliedMigrations(db: Queries): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === "kysely_migration")) return [];
  const rows = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .execute();
  return rows.map((row) => row.name);
}

async function refuseNewer(db: Queries, known: Migrations): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    throw new StoreError(
      "database-newer",
      `the database was made by a newer version of Cordon (it has ${unknown.join(", ")})`,
      "run that version, or restore a backup from before the upgrade",
    );
  }
}

async function migrate(db: Queries, known: Migrations): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => interruptible(known) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "preparing";
    throw new StoreError(
      "migration-failed",
      `the database could not be brought up to date (${failed}: ${error instanceof Error ? error.message : String(error)})`,
      "nothing was changed; check the disk space and the rights of the database user, then start again",
      error,
    );
  }
}

/** The same steps; a test of power cuts may end the process after each. */
function interruptible(known: Migrations): Migrations {
  const steps = Object.entries(known).map(([name, { up }]) => {
    const step = async (db: Kysely<unknown>) => {
      await up(db);
      crashPoint("migration/step");
    };
    return [name, { up: step }];
  });
  return Object.fromEntries(steps);
}

function newest(known: Migrations): string {
  return Object.keys(known).sort().at(-1) ?? "";
}
