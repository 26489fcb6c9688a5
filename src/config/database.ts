import { dirname, resolve } from "node:path";
import * as v from "valibot";
import {
  type DatabaseAddress,
  databaseUrlForm,
  holdsPassword,
  readDatabaseUrl,
  resolveDatabase,
} from "./database-url.ts";
import { type Document, readText } from "./document.ts";
import { type Environment, variable } from "./environment.ts";
import { keyOf } from "./path.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { sentence } from "./reading.ts";
import { databaseSchema } from "./schema.ts";
import { exposedSecret } from "./secret-file.ts";

/** Which database is meant, and what is wrong or unsafe about how that was said. */
export interface DatabaseSource {
  /** Absent as soon as there is a problem, here or in the section itself. */
  readonly address?: DatabaseAddress;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const otherwise: DatabaseAddress = { engine: "sqlite", file: "cordon.db" };

/** The database by variable, by `url`, by `url_file` or the default, in this order. */
export function findDatabase(document: Document, env: Environment): DatabaseSource {
  const folder = dirname(resolve(document.file));
  const fromVariable = variable(env, "CORDON_DATABASE_URL");
  if (fromVariable !== undefined)
    return fromText(fromVariable, { source: "CORDON_DATABASE_URL" }, folder, []);

  const section = v.safeParse(databaseSchema, document.value);
  if (!section.success) return { problems: [], warnings: [] };
  const { url, url_file } = section.output.database;
  if (url_file !== undefined) return fromFile(document, resolve(folder, url_file), folder);

  const address = url ?? otherwise;
  const warnings = holdsPassword(address) ? exposedSecret(document.file) : [];
  return { address: resolveDatabase(address, folder), problems: [], warnings };
}

function fromFile(document: Document, file: string, folder: string): DatabaseSource {
  const path = ["database", "url_file"];
  const place = { source: document.file, position: document.valuePosition(path), key: keyOf(path) };
  try {
    const text = readText(file, "config_unreadable", "write the address of the database into it").trim();
    return fromText(text, place, folder, exposedSecret(file));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ message }) => ({
      ...place,
      message: `names ${file}, which cannot be used: ${message}`,
    }));
    return { problems, warnings: [] };
  }
}

function fromText(
  text: string,
  place: Omit<Problem, "message">,
  folder: string,
  warnings: readonly Problem[],
): DatabaseSource {
  const reading = readDatabaseUrl(text);
  if ("value" in reading) return { address: resolveDatabase(reading.value, folder), problems: [], warnings };
  return { problems: [{ ...place, message: sentence(reading, databaseUrlForm) }], warnings };
}
