import type { Entry } from "../incident/entry.ts";
import { evolve, foldVersion } from "../incident/evolve.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Queries } from "../store/store.ts";
import { isDatabaseTrouble } from "../store/trouble.ts";
import { followChain, genesis } from "./chain.ts";
import { journalOf } from "./entries.ts";
import { FoldUnreadable } from "./fold.ts";
import { loadIncident, openIncidents } from "./incidents.ts";

/** A journal is not as it was written. What it comes to is not made up: somebody has to look. */
export class JournalDamaged extends Error {
  override readonly name = "JournalDamaged";
  readonly cure =
    "keep the database as evidence, look at it with `cordon doctor`, and restore a backup from before the damage";

  constructor(id: IncidentId, where: string) {
    super(`the journal of ${id} is damaged (${where})`);
  }
}

/**
 * Makes the folds anew that an older program left beside the journals, and those of open incidents that cannot be
 * read. What an incident is stands in its journal alone, so nothing but time is lost by it.
 *
 * @returns how many there were
 * @throws JournalDamaged
 */
export async function refold(db: Queries): Promise<number> {
  const rows = await db
    .selectFrom("incident")
    .select("id")
    .where("fold_version", "!=", foldVersion)
    .execute();
  const ids = [...rows.map(({ id }) => id as IncidentId), ...(await unreadable(db))];
  for (const id of new Set(ids)) await foldAnew(db, id);
  return new Set(ids).size;
}

/** Those of open incidents: a hundred thousand archived ones are not read at every start. */
async function unreadable(db: Queries): Promise<readonly IncidentId[]> {
  const found: IncidentId[] = [];
  for (const id of await openIncidents(db)) {
    try {
      await loadIncident(db, id);
    } catch (error) {
      if (!(error instanceof FoldUnreadable)) throw error;
      found.push(id);
    }
  }
  return found;
}

/**
 * Folds a journal anew, and keeps what it comes to.
 *
 * @throws JournalDamaged
 */
export async function foldAnew(db: Queries, id: IncidentId): Promise<Incident> {
  const found = await foldJournal(db, id);
  if ("broken" in found) throw new JournalDamaged(id, found.broken);
  if (found.folded === undefined) throw new JournalDamaged(id, "it has no entries");
  await db
    .updateTable("incident")
    .set({ folded: JSON.stringify(found.folded), fold_version: foldVersion })
    .where("id", "=", id)
    .execute();
  return found.folded;
}

/** What a journal comes to, `undefined` where it has no entries; or which entry of it is not whole, and why. */
export async function foldJournal(
  db: Queries,
  id: IncidentId,
): Promise<{ readonly folded: Incident | undefined } | { readonly broken: string }> {
  let folded: Incident | undefined;
  let seq: number = genesis.seq;
  async function* folding(): AsyncIterable<Entry> {
    for await (const entry of journalOf(db, id)) {
      seq = entry.seq;
      yield entry;
      // Asked for the next one, so this one follows its predecessor.
      folded = evolve(folded, entry);
    }
  }
  try {
    const end = await followChain(folding());
    return "broken" in end ? { broken: `entry ${end.broken.seq}: ${end.broken.reason}` } : { folded };
  } catch (error) {
    if (isDatabaseTrouble(error)) throw error;
    const words = error instanceof Error ? error.message : String(error);
    return { broken: `entry ${seq} or the next: cannot be read (${words})` };
  }
}
