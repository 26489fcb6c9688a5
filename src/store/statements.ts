import type Sqlite from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Each takes a few kilobytes. */
const mostKept = 250;

/** Statements after which what was prepared before may have other columns. */
const changesTables = /^\s*(?:create|alter|drop)\b/i;

/**
 * A database that keeps at hand what was prepared, least recently used first to go: to prepare a statement takes
 * longer than to run most of them.
 */
export class StatementsAtHand implements SqliteDatabase {
  readonly #database: Sqlite.Database;
  readonly #kept = new Map<string, Sqlite.Statement>();

  constructor(database: Sqlite.Database) {
    this.#database = database;
  }

  prepare(sql: string): SqliteStatement {
    if (changesTables.test(sql)) {
      this.#kept.clear();
      return this.#database.prepare(sql) as SqliteStatement;
    }
    const kept = this.#kept.get(sql);
    const statement = kept === undefined || kept.busy ? this.#database.prepare(sql) : kept;
    this.#kept.delete(sql);
    this.#kept.set(sql, statement);
    if (this.#kept.size > mostKept) {
      const [oldest = ""] = this.#kept.keys();
      this.#kept.delete(oldest);
    }
    return statement as SqliteStatement;
  }

  close(): void {
    this.#kept.clear();
    this.#database.close();
  }
}
