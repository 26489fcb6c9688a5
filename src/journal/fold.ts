import type { Incident } from "../incident/incident.ts";
import type { IncidentRow } from "../store/schema.ts";

/** What is stored beside a journal as what it comes to cannot be read. Nothing is lost by it: the journal has it all. */
export class FoldUnreadable extends Error {
  override readonly name = "FoldUnreadable";
  readonly cure = "run `cordon doctor`, which says how it is made anew from the journal";

  constructor(id: string) {
    super(`what the database has as the present state of ${id} cannot be read`);
  }
}

/**
 * The fold of a row: what this program wrote itself, in the same transaction as the journal that proves it.
 *
 * @throws FoldUnreadable where a disk, or a hand, has made something else of it
 */
export function readFold({ id, folded }: Pick<IncidentRow, "id" | "folded">): Incident {
  const value: unknown = parsed(folded);
  if (typeof value !== "object" || value === null || !("id" in value) || value.id !== id)
    throw new FoldUnreadable(id);
  return value as Incident;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
