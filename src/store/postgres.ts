import { setTimeout as delay } from "node:timers/promises";
import { Kysely } from "kysely";
import pg from "pg";
import { StoreError } from "./engine.ts";
import { raiseFences } from "./postgres-fence.ts";
import { Connections } from "./postgres-pool.ts";
import { tryToLead } from "./postgres-term.ts";
import { probeOfPostgres } from "./probe.ts";
import type { Schema } from "./schema.ts";
import type { Opened, Shared } from "./store.ts";

/** How long a standby waits before it asks again whether it may lead, in milliseconds. */
const pollMs = 250;

/** PostgreSQL's 64-bit integers, as numbers: times in milliseconds and counters stay far below 2^53. */
const int8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === int8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format),
};

/**
 * Connects to a PostgreSQL database only to read from it.
 *
 * @throws StoreError
 */
export async function readPostgres(url: string): Promise<Opened> {
  return (await connect(url, { options: "-c default_transaction_read_only=on" })).opened;
}

/**
 * Connects to a PostgreSQL database that other Cordons may work on too.
 *
 * @throws StoreError
 */
export async function sharePostgres(url: string): Promise<Shared> {
  const { opened, connections } = await connect(url, {});
  connections.beImpatient();
  return {
    ...opened,
    probe: probeOfPostgres(opened.db),
    guard: raiseFences,
    async lead({ wait }) {
      for (;;) {
        const term = await tryToLead(connectionTo(url)).catch((error: unknown) => {
          if (wait === undefined) throw explain(url, error);
          // Who waits anyway also waits for a database that is away.
          return undefined;
        });
        if (term !== undefined) return term;
        if (wait === undefined) {
          throw new StoreError(
            "database-in-use",
            `another Cordon is running on ${nameOf(url)}`,
            "stop it first, or give this one a database of its own",
          );
        }
        await delay(pollMs, undefined, { signal: wait });
      }
    },
  };
}

function connectionTo(url: string): pg.PoolConfig {
  return { connectionString: url, types, connectionTimeoutMillis: 10_000 };
}

async function connect(
  url: string,
  options: pg.PoolConfig,
): Promise<{ readonly opened: Opened; readonly connections: Connections }> {
  const connections = new Connections({ ...connectionTo(url), ...options });
  const db = new Kysely<Schema>({ dialect: connections.dialect });
  await connections.pool.query("select 1").catch(async (error: unknown) => {
    await db.destroy();
    throw explain(url, error);
  });
  return { opened: { db, close: () => db.destroy() }, connections };
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
