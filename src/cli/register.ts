import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { type IncidentId, parseIncidentId } from "../incident/ids.ts";
import { loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { openForReading, type Store } from "../store/store.ts";
import { NotFound } from "./failure.ts";

/** Opens the database of a configuration to read, beside a running service or without one. */
export async function reading<T>(
  file: string,
  look: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const config = loadConfig(file);
  const store = await openForReading(config.database);
  try {
    return await look(store, config);
  } finally {
    await store.close();
  }
}

/** The incident that was named on the command line. */
export async function namedIncident(store: Store, typed: string): Promise<StoredIncident> {
  const id: IncidentId | undefined = parseIncidentId(typed);
  if (id === undefined) throw new NotFound(`"${typed}" is no incident id; they look like INC-0042.`);
  const stored = await loadIncident(store.db, id);
  if (stored === undefined)
    throw new NotFound(`There is no ${id} in this database; cordon list shows what there is.`);
  return stored;
}

/** Prints a value as JSON, or else what `lines` makes of it, on stdout. */
export function print(json: boolean | undefined, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(
    json === true
      ? `${JSON.stringify(value)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(""),
  );
}
