import type { Entry } from "../entry.ts";
import type { Fact, FactOf } from "../fact.ts";
import type { Incident } from "../incident.ts";

export type FactType = Fact["type"];

/** An entry of the journal about one kind of fact. */
export type EntryOf<T extends FactType> = Entry & FactOf<T>;

/** The facts that only ever begin a journal. */
export type Beginning = "declared" | "reported";

/** For each kind of fact, what an incident is after it. */
export type Evolvers<T extends FactType = Exclude<FactType, Beginning>> = {
  readonly [K in T]: (incident: Incident, entry: EntryOf<K>) => Incident;
};

/** A fact that stands in the journal and changes nothing of the incident. */
export function unchanged(incident: Incident): Incident {
  return incident;
}

/** A record without one of its keys. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return rest;
}
