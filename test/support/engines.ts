import { join } from "node:path";
import { after, before, describe } from "node:test";
import { temporaryFolder } from "./folder.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

/** A database engine to run the same tests on. */
export interface Engine {
  readonly name: "SQLite" | "PostgreSQL";
  /** The address of a new, empty database, `sqlite:/path/file.db` or `postgres://…`; gone after the tests. */
  readonly newDatabase: () => Promise<string>;
}

/** Defines the same tests once for each engine, each in a suite of its own. The PostgreSQL server is started for them. */
export function forEachEngine(define: (engine: Engine) => void): void {
  describe("on SQLite", () => {
    define({
      name: "SQLite",
      newDatabase: async () => `sqlite:${join(await temporaryFolder(), "cordon.db")}`,
    });
  });
  describe("on PostgreSQL", () => {
    let server: Postgres | undefined;
    before(async () => {
      server = await startPostgres();
    });
    after(() => server?.stop());
    define({
      name: "PostgreSQL",
      newDatabase: async () => {
        if (server === undefined) throw new Error("A database is there for tests and hooks, not before.");
        return server.createDatabase();
      },
    });
  });
}
