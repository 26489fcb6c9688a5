import { isDeepStrictEqual } from "node:util";
import { foldVersion } from "../../incident/evolve.ts";
import type { IncidentId } from "../../incident/ids.ts";
import type { Incident } from "../../incident/incident.ts";
import { FoldUnreadable, readFold } from "../../journal/fold.ts";
import { incidentIds, openIncidents } from "../../journal/incidents.ts";
import { incidentRow, incidentsMissing, misprojected } from "../../journal/projection.ts";
import { foldJournal } from "../../journal/refold.ts";
import type { IncidentRow } from "../../store/schema.ts";
import type { Queries } from "../../store/store.ts";
import { counted, type Finding, figure, ill, mostNamed, well } from "./finding.ts";

const evidence = "Somebody or something has changed the database: keep it as evidence, and restore a backup.";

/**
 * Follows the chains of incidents, and compares what they come to with everything that is stored beside them: of
 * every open incident, and of the archived ones, the newest first.
 *
 * @param archivedMs for how long archived ones are looked at, in milliseconds: somebody may be waiting
 */
export async function checkJournal(db: Queries, archivedMs = Number.POSITIVE_INFINITY): Promise<Finding> {
  const open = await openIncidents(db);
  const archived = (await incidentIds(db)).filter(isNotAmong(open)).reverse();
  const seen = new Seen();
  for (const id of open) seen.add(id, await follow(db, id));
  const end = performance.now() + archivedMs;
  let looked = 0;
  while (looked < archived.length && performance.now() < end) {
    const id = archived[looked++];
    if (id !== undefined) seen.add(id, await follow(db, id));
  }
  for (const id of await incidentsMissing(db))
    seen.add(id, "it has a journal, and there is no such incident");
  const scope =
    looked === archived.length
      ? ""
      : `; looked at: every open incident (${figure(open.length)}) and the newest ${figure(looked)} of ${figure(archived.length)} archived`;
  return seen.finding(scope);
}

function isNotAmong(some: readonly IncidentId[]): (id: IncidentId) => boolean {
  const those = new Set(some);
  return (id) => !those.has(id);
}

/** What following some incidents has come to. */
class Seen {
  #entries = 0;
  readonly #broken: string[] = [];
  readonly #cures = new Set<string>();

  add(id: string, followed: Followed): void {
    if (typeof followed === "number") {
      this.#entries += followed;
      return;
    }
    const { broken, cure } = typeof followed === "string" ? { broken: followed, cure: evidence } : followed;
    this.#broken.push(`${id}: ${broken}`);
    this.#cures.add(cure);
  }

  finding(scope: string): Finding {
    const count = this.#broken.length;
    if (count === 0) return well("journal", `whole, ${counted(this.#entries, "entry", "entries")}${scope}`);
    const named = this.#broken.slice(0, mostNamed);
    return ill("journal", `${counted(count, "incident")} not whole${scope}`, ...named, ...this.#cures);
  }
}

/** How many entries there are, all of them in order; or what is wrong, and what helps if not a backup. */
type Followed = number | string | { readonly broken: string; readonly cure: string };

async function follow(db: Queries, id: IncidentId): Promise<Followed> {
  const row = await incidentRow(db, id);
  if (row === undefined) return 0;
  const followed = await foldJournal(db, id);
  const found = "broken" in followed ? followed.broken : await compare(db, row, followed.folded);
  if (typeof found === "number") return found;
  // The service may have written in between.
  const now = await incidentRow(db, id);
  return now?.head_hash === row.head_hash ? found : follow(db, id);
}

/** Compares an incident as its journal has it with what is kept of it in other places. */
async function compare(db: Queries, row: IncidentRow, folded: Incident | undefined): Promise<Followed> {
  if (folded === undefined) return "its journal has no entries";
  // An older program's is made anew at the next start.
  if (row.fold_version === foldVersion) {
    const stored = orUnreadable(row);
    if (stored === undefined) return unreadable(row);
    // As it is stored: what is undefined is not there.
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(folded)), stored))
      return "the journal does not come to what is stored as its present state";
  }
  const wrong = await misprojected(db, row, folded);
  return wrong.length === 0
    ? folded.head.seq
    : `the journal does not come to what is stored beside it (${wrong.join(", ")})`;
}

function orUnreadable(row: IncidentRow): Incident | undefined {
  try {
    return readFold(row);
  } catch (error) {
    if (error instanceof FoldUnreadable) return undefined;
    throw error;
  }
}

/** The journal is whole: what stands beside it can be made anew. */
function unreadable({ id, state }: IncidentRow): Followed {
  const broken = "its present state cannot be read; the journal, which is whole, has it all";
  if (state !== "archived") {
    return { broken, cure: "Stop the service and start it again: it makes present states anew." };
  }
  const statement = `update incident set fold_version = 0 where id = '${id}'`;
  return { broken, cure: `Stop the service, run in the database: ${statement}; and start it again.` };
}
