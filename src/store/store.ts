import type { Kysely, Transaction } from "kysely";
import { Migrator } from "kysely/migration";
import { type Engine, StoreError } from "./engine.ts";
import { type Migrations, migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";

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

/**
 * Opens the database for the service: alone (a second process is refused), with every migration applied.
 *
 * @param known the migrations of this version, by name in their order
 * @throws StoreError with a code and a cure; the database is as it was before.
 */
export async function openStore(
  address: DatabaseAddress,
  known: Migrations = migrations(address.engine),
): Promise<Store> {
  const opened = await open(address, { readOnly: false });
  return using(opened, async () => {
    await refuseNewer(opened.db, known);
    return { ...opened, engine: address.engine, version: await migrate(opened.db, known) };
  });
}

/**
 * Opens the database only to read, beside a running service or without one. Nothing is migrated: a
 * database that the service has not brought up to date is refused.
 *
 * @throws StoreError with a code and a cure.
 */
export async function openForReading(address: DatabaseAddress): Promise<Store> {
  const opened = await open(address, { readOnly: true });
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
async function open(address: DatabaseAddress, mode: { readonly readOnly: boolean }): Promise<Opened> {
  if (address.engine === "sqlite") return (await import("./sqlite.ts")).openSqlite(address.file, mode);
  return (await import("./postgres.ts")).openPostgres(address.url, mode);
}

/** Closes what was opened where the next step fails. */
async function using(opened: Opened, next: () => Promise<Store>): Promise<Store> {
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

async function migrate(db: Queries, known: Migrations): Promise<string> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } });
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
  return newest(known);
}

function newest(known: Migrations): string {
  return Object.keys(known).sort().at(-1) ?? "";
}
