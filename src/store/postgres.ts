import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { StoreError } from "./engine.ts";
import type { Schema } from "./schema.ts";
import type { Opened } from "./store.ts";

/** The advisory lock that one Cordon holds on its database: "CORD" as a number. */
const lockKey = 0x43_4f_52_44;

/** PostgreSQL's 64-bit integers, as numbers: times in milliseconds and counters stay far below 2^53. */
const int8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === int8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format),
};

/**
 * Connects to a PostgreSQL database. Unless only to read, takes its advisory lock first, so that a second
 * Cordon on the same database is refused.
 *
 * @throws StoreError
 */
export async function openPostgres(
  url: string,
  options: { readonly readOnly?: boolean } = {},
): Promise<Opened> {
  const readOnly = options.readOnly ?? false;
  const connection = { connectionString: url, types, connectionTimeoutMillis: 10_000 };
  const lock = readOnly ? undefined : await occupy(connection);
  const pool = new pg.Pool({
    ...connection,
    max: 4,
    ...(readOnly ? { options: "-c default_transaction_read_only=on" } : {}),
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  if (readOnly) {
    await pool.query("select 1").catch(async (error: unknown) => {
      await db.destroy();
      throw explain(url, error);
    });
  }
  return {
    db,
    async close() {
      await db.destroy();
      await lock?.end();
    },
  };
}

async function occupy(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on("error", () => {});
  let taken: boolean;
  try {
    await client.connect();
    const answer = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [
      lockKey,
    ]);
    taken = answer.rows[0]?.taken ?? false;
  } catch (error) {
    await client.end().catch(() => {});
    throw explain(connection.connectionString ?? "", error);
  }
  if (taken) return client;
  await client.end();
  throw new StoreError(
    "database-in-use",
    `another Cordon is running on ${nameOf(connection.connectionString ?? "")}`,
    "stop it first, or give this one a database of its own",
  );
}

/** A database address without its password. */
function nameOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed === undefined ? "the database" : `${parsed.pathname.slice(1)} at ${parsed.host}`;
}

function explain(url: string, error: unknown): StoreError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const what = error instanceof Error ? error.message : String(error);
  // 28…: authorisation; 3D000: no such database; 42501: insufficient privilege (PostgreSQL, appendix A).
  if (code.startsWith("28")) {
    return new StoreError(
      "database-refused",
      `PostgreSQL did not let us in: ${nameOf(url)} (${code})`,
      "check user and password in `database.url` or CORDON_DATABASE_URL",
      error,
    );
  }
  if (code === "3D000") {
    return new StoreError(
      "database-missing",
      `there is no database ${nameOf(url)}`,
      "make it: createdb, with the user of `database.url` as its owner",
      error,
    );
  }
  return new StoreError(
    "database-unreachable",
    `PostgreSQL does not answer: ${nameOf(url)} (${code === "" ? what : code})`,
    "check that it runs and that `database.url` names its host and port",
    error,
  );
}
