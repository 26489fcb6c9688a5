import type { Circumstances, Entry } from "../incident/entry.ts";
import { evolve, foldVersion } from "../incident/evolve.ts";
import type { Fact } from "../incident/fact.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Change } from "../store/store.ts";
import { chain, genesis } from "./chain.ts";
import { writeEntries } from "./entries.ts";
import { enrol } from "./members.ts";

/** Two writers met at the same place of a chain: nothing was written, load the incident anew. */
export class ChainMoved extends Error {
  override readonly name = "ChainMoved";
}

/** What was added to a journal, and the incident after it. */
export interface Appended {
  readonly incident: Incident;
  readonly entries: readonly Entry[];
}

/**
 * Adds facts of one cause to an incident's journal, and its fold beside it.
 *
 * @param before the incident as loaded; `undefined` where the facts begin it
 * @param alias the localpart of the room's alias, needed where the facts begin it
 * @throws ChainMoved where somebody else has written since `before` was loaded
 */
export async function append(
  change: Change,
  id: IncidentId,
  before: Incident | undefined,
  facts: readonly Fact[],
  circumstances: Circumstances,
  alias: string,
): Promise<Appended> {
  let head = before?.head ?? genesis;
  let incident = before;
  const entries: Entry[] = [];
  for (const fact of facts) {
    const entry = chain(id, head, fact, circumstances);
    incident = evolve(incident, entry);
    head = incident.head;
    entries.push(entry);
  }
  if (incident === undefined) throw new Error(`no fact to begin ${id} with`);
  await writeFold(change, incident, before, alias);
  await enrol(change, incident, before);
  await writeEntries(change, entries);
  return { incident, entries };
}

async function writeFold(
  change: Change,
  incident: Incident,
  before: Incident | undefined,
  alias: string,
): Promise<void> {
  const fold = {
    state: incident.state,
    room_id: incident.room?.id ?? null,
    folded: JSON.stringify(incident),
    fold_version: foldVersion,
    head_seq: incident.head.seq,
    head_hash: incident.head.hash,
  };
  if (before === undefined) {
    const number = Number(incident.id.slice("INC-".length));
    await change
      .insertInto("incident")
      .values({ ...fold, id: incident.id, number, alias })
      .execute();
    return;
  }
  const updated = await change
    .updateTable("incident")
    .set(fold)
    .where("id", "=", incident.id)
    .where("head_hash", "=", before.head.hash)
    .executeTakeFirst();
  if (updated.numUpdatedRows !== 1n) throw new ChainMoved(`${incident.id} has moved on`);
}
