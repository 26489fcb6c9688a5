import type { Fact } from "../../src/incident/fact.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import type { Queries } from "../../src/store/store.ts";
import { alice, noon } from "./incident.ts";

/** What an incident with a room begins with; the room is called by the number. */
export const begun = (number: number): readonly Fact[] => [
  { type: "declared", data: { title: "Payments fail", severity: "sev3", role: "commander" } },
  { type: "room-created", data: { room: `!${number}`, version: "12" } },
];

/** What its end adds. */
export const archived = (number: number): readonly Fact[] => [
  { type: "over", data: { summary: "fixed", missing: [] } },
  { type: "archiving", data: {} },
  { type: "sealed", data: { event: `$seal-${number}` } },
  { type: "archived", data: { name: "a", digest: "b", verdict: "proven", events: 1 } },
];

/** Puts an incident into a database, as facts of one moment. */
export async function store(db: Queries, number: number, facts: readonly Fact[]): Promise<IncidentId> {
  const id = incidentId(number);
  const told = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$1" };
  await db.transaction().execute((change) => append(change, id, undefined, facts, told, `inc-${number}`));
  return id;
}
