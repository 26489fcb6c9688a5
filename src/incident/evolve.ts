import type { Actor, Entry } from "./entry.ts";
import type { Fact } from "./fact.ts";
import { course } from "./fold/course.ts";
import type { EntryOf, Evolvers } from "./fold/evolver.ts";
import { people } from "./fold/people.ts";
import { record } from "./fold/record.ts";
import { restore } from "./fold/restore.ts";
import { roles } from "./fold/roles.ts";
import { room } from "./fold/room.ts";
import { work } from "./fold/work.ts";
import type { Incident } from "./incident.ts";

/**
 * Grows whenever the same journal folds to something else than before: then the folds that are kept beside
 * the journals are made anew.
 */
export const foldVersion = 4;

/** What each kind of fact does to an incident, one file a subject. */
const evolvers: Evolvers = { ...course, ...people, ...roles, ...record, ...work, ...room, ...restore };

/**
 * The incident after one more entry of its journal. Never refuses: what is in the journal has happened.
 * The first entry is `declared`; without it there is no incident to change.
 */
export function evolve(incident: Incident | undefined, entry: Entry): Incident {
  const head = { seq: entry.seq, hash: entry.hash };
  if (entry.type === "declared" || entry.type === "reported") {
    if (incident !== undefined) throw new Error(`${entry.incident} was opened twice`);
    return { ...opened(entry), head };
  }
  if (incident === undefined) throw new Error(`${entry.incident} begins with ${entry.type}, not declared`);
  return { ...changed(incident, entry.type, entry), head };
}

function changed<T extends keyof Evolvers>(incident: Incident, type: T, entry: EntryOf<T>): Incident {
  return evolvers[type](incident, entry);
}

/** The incident that a whole journal tells of. */
export function fold(entries: Iterable<Entry>): Incident | undefined {
  let incident: Incident | undefined;
  for (const entry of entries) incident = evolve(incident, entry);
  return incident;
}

/** What an incident would be after these facts, before they have their place in the journal. */
export function project(
  incident: Incident | undefined,
  facts: readonly Fact[],
  { actor, at }: { readonly actor: Actor; readonly at: number },
): Incident | undefined {
  const entries = facts.map((fact): Entry => {
    const circumstances = { actor, actorRoles: [], eventAt: at, recordedAt: at, cause: "" };
    const { seq, hash } = incident?.head ?? { seq: 0, hash: "" };
    return { ...fact, ...circumstances, incident: incident?.id ?? "INC-0000", seq, prevHash: hash, hash };
  });
  return entries.reduce(evolve, incident);
}

function opened(entry: EntryOf<"declared"> | EntryOf<"reported">): Omit<Incident, "head"> {
  if (entry.actor === "cordon") throw new Error(`${entry.incident} was opened by nobody`);
  const { title, role } = entry.data;
  const severity = entry.type === "declared" ? entry.data.severity : "unknown";
  const nextUpdateAt = entry.type === "declared" ? entry.data.nextUpdateAt : undefined;
  return {
    id: entry.incident,
    title,
    state: entry.type === "declared" ? "active" : "triage",
    severity,
    peak: severity,
    declaredBy: entry.actor,
    declaredAt: entry.eventAt,
    roles: { [role]: [{ user: entry.actor, since: entry.eventAt, acting: true }] },
    filled: role === "commander" ? ["commander"] : [],
    offers: [],
    vacancies: {},
    entered: [],
    people: { [entry.actor]: { standing: "wanted", since: entry.eventAt } },
    timeline: [],
    tasks: [],
    playbooks: {},
    held: [],
    relapses: 0,
    drifts: {},
    contested: {},
    ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }),
  };
}
