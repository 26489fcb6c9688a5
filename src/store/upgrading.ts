import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { crashPoint } from "../crash/point.ts";
import { type Engine, StoreError } from "./engine.ts";
import type { Migrations } from "./migrations.ts";
import type { Queries } from "./store.ts";
import { upgradeStep } from "./upgrade-step.ts";

/** The form that a database has: the newest of its steps, and the version of Cordon that brought it. */
export interface Form {
  readonly step: string;
  readonly since: string | undefined;
}

/** From the form that a database has to the one that this version works with. */
export interface Upgrade {
  readonly from: Form;
  readonly to: Form;
}

/**
 * Done around the upgrade of a database that holds something. `migrate` changes it, wholly or not at all, and notes in
 * it where a copy of what it was lies; where it is not called, or throws, the database is as it was.
 */
export type AroundUpgrade = (upgrade: Upgrade, migrate: (copy?: string) => Promise<void>) => Promise<void>;

/** Such a note in the database. */
type Notes = {
  upgrade: {
    step: string;
    /** The version of Cordon that brought the step. */
    since: string;
    /** In milliseconds since the epoch. */
    at: number;
    copy: string | null;
  };
};

/** The names of the steps that a database has, in their order; none where it holds nothing of ours. */
export async function appliedSteps(db: Queries): Promise<readonly string[]> {
  if (!(await hasTable(db, "kysely_migration"))) return [];
  const rows = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .execute();
  return rows.map((row) => row.name).sort();
}

/** The form that this version works with. */
export function newestForm(known: Migrations): Form {
  return formOf(Object.keys(known), known);
}

/** The form that these steps come to. */
export function formOf(steps: readonly string[], known: Migrations): Form {
  const step = steps.toSorted().at(-1) ?? "";
  return { step, since: known[step]?.since };
}

/** A form in words: `0008-kept (Cordon 0.1.0)`. */
export function inWords({ step, since }: Form): string {
  return since === undefined ? step : `${step} (Cordon ${since})`;
}

/**
 * Refuses a database that has steps which this version does not know.
 *
 * @throws StoreError which version can use it, and how to go back, as far as the database tells
 */
export async function refuseNewer(db: Queries, known: Migrations, engine: Engine): Promise<void> {
  const unknown = (await appliedSteps(db)).filter((step) => !Object.hasOwn(known, step));
  if (unknown.length === 0) return;
  const notes = (await notesOf(db)).filter(({ step }) => unknown.includes(step));
  const needed = notes.at(-1)?.since;
  const what = `the database was made by ${needed === undefined ? "a newer version of Cordon" : `Cordon ${needed}`} (it has ${unknown.join(", ")}), and the newest that this version knows is ${inWords(newestForm(known))}`;
  const goOn = `run ${needed === undefined ? "that version" : `Cordon ${needed} or newer`}`;
  throw new StoreError("database-newer", what, `${goOn}, or ${wayBack(notes[0]?.copy ?? undefined, engine)}`);
}

/** How the state from before the first step that is not known comes back. */
function wayBack(copy: string | undefined, engine: Engine): string {
  const from = copy === undefined ? "a backup from before the upgrade" : `the copy from before it, ${copy}`;
  return engine === "sqlite"
    ? `go back with ${from}: \`cordon restore FILE --replace\``
    : `go back with ${from}: make a new, empty database, name it in \`database.url\`, and run \`cordon restore FILE\``;
}

/**
 * Refuses a database that lacks steps of this version: it is migrated by a start and by nothing else.
 *
 * @throws StoreError
 */
export function refuseOlder(applied: readonly string[], known: Migrations): void {
  const [has, wanted] = [formOf(applied, known), newestForm(known)];
  if (applied.includes(wanted.step)) return;
  const still = has.since === undefined ? "" : `, or use Cordon ${has.since} until then`;
  throw new StoreError(
    "database-older",
    `the database is ${inWords(has)}, and has not been migrated to ${inWords(wanted)}`,
    `run \`cordon start\` once: it keeps a copy of the database and then migrates it${still}`,
  );
}

/**
 * Applies every step that is missing, all of them or none.
 *
 * @param around is not asked where the database is new, or has them all
 * @throws StoreError `migration-failed`, or what `around` throws
 */
export async function bringUpToDate(db: Queries, known: Migrations, around: AroundUpgrade): Promise<void> {
  const applied = await appliedSteps(db);
  const to = newestForm(known);
  if (applied.length === 0 || applied.includes(to.step)) return migrate(db, known);
  await around({ from: formOf(applied, known), to }, (copy) => migrate(db, known, copy));
}

async function migrate(db: Queries, known: Migrations, copy?: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => noting(known, copy) } });
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

/**
 * The same steps. The last notes in its own transaction what the database has become; a test of power cuts may end
 * the process after each.
 */
function noting(known: Migrations, copy: string | undefined): Migrations {
  const { step: last, since = "" } = newestForm(known);
  const steps = Object.entries(known).map(([name, { up }]) => {
    const step = async (db: Kysely<unknown>) => {
      await up(db);
      if (name === last && Object.hasOwn(known, upgradeStep)) {
        const note = { step: last, since, at: Date.now(), copy: copy ?? null };
        await db.withTables<Notes>().insertInto("upgrade").values(note).execute();
      }
      crashPoint("migration/step");
    };
    return [name, { up: step }];
  });
  return Object.fromEntries(steps);
}

/** What the database says of its upgrades, in the order of their steps. */
async function notesOf(db: Queries): Promise<readonly Notes["upgrade"][]> {
  if (!(await hasTable(db, "upgrade"))) return [];
  return db.withTables<Notes>().selectFrom("upgrade").selectAll().orderBy("step").execute();
}

async function hasTable(db: Queries, name: string): Promise<boolean> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  return tables.some((table) => table.name === name);
}
