import { resolve } from "node:path";
import type { Reading } from "./reading.ts";

/** Where the journal is kept. */
export type DatabaseAddress =
  | { readonly engine: "sqlite"; readonly file: string }
  | { readonly engine: "postgres"; readonly url: string };

/** How a database is named, for messages and for the documentation. */
export const databaseUrlForm =
  "write sqlite: and a file, such as sqlite:cordon.db, or postgres://user:password@host/name";

/**
 * A database as an operator names it. What was written is never repeated in a mistake: it may hold a password.
 * The file of a SQLite database stays as it was written, see `resolveDatabase`.
 */
export function readDatabaseUrl(written: unknown): Reading<DatabaseAddress> {
  if (typeof written !== "string") return { wrong: "is not text" };
  if (written.startsWith("sqlite:")) return readSqliteFile(written.slice("sqlite:".length));
  if (!/^postgres(ql)?:/.test(written))
    return { wrong: "names neither a SQLite file nor a PostgreSQL database" };
  if (!/^postgres(ql)?:\/\//.test(written) || !URL.canParse(written))
    return { wrong: "is no PostgreSQL address" };
  const name = new URL(written).pathname.slice(1);
  return name === ""
    ? { wrong: "names no database after the host" }
    : { value: { engine: "postgres", url: written } };
}

/** The same address with a file that no longer depends on the working directory. */
export function resolveDatabase(address: DatabaseAddress, folder: string): DatabaseAddress {
  return address.engine === "sqlite" ? { engine: "sqlite", file: resolve(folder, address.file) } : address;
}

/** Whether a database address holds a password. */
export function holdsPassword(address: DatabaseAddress): boolean {
  if (address.engine === "sqlite") return false;
  const url = new URL(address.url);
  return url.password !== "" || url.searchParams.has("password");
}

function readSqliteFile(file: string): Reading<DatabaseAddress> {
  if (file === "") return { wrong: "names no file after sqlite:" };
  if (file === ":memory:")
    return { wrong: "keeps nothing: an incident would be lost when the service stops" };
  if (/^\/\/(?!\/)/.test(file))
    return { wrong: "has a host where the file should stand", meant: `sqlite:${file.slice(2)}` };
  return { value: { engine: "sqlite", file: file.replace(/^\/\/\//, "/") } };
}
