import type { Impact, Incident } from "../incident.ts";
import { type Severity, worse } from "../severity.ts";
import type { EntryOf, Evolvers, FactType } from "./evolver.ts";
import { withLine } from "./record.ts";
import { explained } from "./restore.ts";

/** What state it is in, how bad it is, and what was said of it. */
export const course = {
  activated: (incident, { data }) =>
    withSeverity({ ...incident, state: "active" }, data.severity, data.nextUpdateAt),
  "severity-changed": (incident, { data }) => withSeverity(incident, data.to, data.nextUpdateAt),
  // A title whose message was removed leaves the one before.
  "title-changed": (incident, { data }) => (data.to === "" ? incident : { ...incident, title: data.to }),
  "impact-stated": (incident, entry) => {
    const impact: Impact = { ...entry.data, line: incident.timeline.length + 1 };
    return withLine({ ...incident, impact }, entry, { kind: "impact", text: impact.text });
  },
  updated: (incident, entry) => {
    const { text, nextUpdateAt } = entry.data;
    return withUpdate(withNextUpdate(incident, nextUpdateAt), entry, text);
  },
  mitigated: (incident, entry) => {
    const { how, nextUpdateAt } = entry.data;
    const mitigated = withNextUpdate(incident, nextUpdateAt);
    return withUpdate({ ...mitigated, state: "mitigated", mitigatedAt: entry.eventAt }, entry, how);
  },
  relapsed: ({ mitigatedAt: _, ...incident }, entry) => {
    const { reason, nextUpdateAt } = entry.data;
    const active = withNextUpdate(incident, nextUpdateAt);
    return withUpdate({ ...active, state: "active", relapses: incident.relapses + 1 }, entry, reason);
  },
  over: (incident, { data, eventAt }) => ({ ...ended(incident, eventAt), state: "over", outcome: data }),
  cancelled: (incident, { data, eventAt }) => ({
    ...ended(incident, eventAt),
    state: "cancelled",
    cancelled: data,
  }),
  reopened: ({ overAt: _, outcome: __, mitigatedAt: ___, ...incident }, entry) => {
    const { reason, nextUpdateAt } = entry.data;
    const active = withNextUpdate({ ...incident, state: "active" }, nextUpdateAt);
    return withLine(active, entry, { kind: "update", text: reason });
  },
} satisfies Partial<Evolvers>;

function withSeverity(incident: Incident, to: Severity, nextUpdateAt: number | undefined): Incident {
  return withNextUpdate({ ...incident, severity: to, peak: worse(incident.peak, to) }, nextUpdateAt);
}

/** The clock of the next update begins anew, and nobody has been reminded of it. */
function withNextUpdate(incident: Incident, nextUpdateAt: number | undefined): Incident {
  const { nextUpdateAt: _, updateReminded: __, ...rest } = incident;
  return nextUpdateAt === undefined ? rest : { ...rest, nextUpdateAt };
}

/** What the card shows as the last update, and the timeline too. */
function withUpdate(incident: Incident, entry: EntryOf<FactType>, text: string): Incident {
  const line = incident.timeline.length + 1;
  const lastUpdate = { text, at: entry.eventAt, by: entry.actor, line };
  return withLine({ ...incident, lastUpdate }, entry, { kind: "update", text });
}

/** Nothing is asked of anybody any more, and no role has to be filled. */
function ended(incident: Incident, at: number): Incident {
  return {
    ...explained(withNextUpdate(incident, undefined)),
    overAt: at,
    offers: [],
    vacancies: {},
    held: [],
  };
}
