import type { Incident, TimelineItem } from "../incident.ts";
import { type Severity, worse } from "../severity.ts";
import type { EntryOf, Evolvers, FactType } from "./evolver.ts";

/** What state it is in, how bad it is, and what was said of it. */
export const course = {
  activated: (incident, { data }) =>
    withSeverity({ ...incident, state: "active" }, data.severity, data.nextUpdateAt),
  "severity-changed": (incident, { data }) => withSeverity(incident, data.to, data.nextUpdateAt),
  "title-changed": (incident, { data }) => ({ ...incident, title: data.to }),
  "impact-stated": (incident, entry) => {
    const { text } = entry.data;
    return withLine({ ...incident, impact: text }, entry, "impact", text);
  },
  updated: (incident, entry) => {
    const { text, nextUpdateAt } = entry.data;
    return withUpdate(withNextUpdate(incident, nextUpdateAt), entry, text);
  },
  noted: (incident, entry) => withLine(incident, entry, "note", entry.data.text),
  mitigated: (incident, entry) =>
    withUpdate({ ...incident, state: "mitigated", mitigatedAt: entry.eventAt }, entry, entry.data.how),
  relapsed: ({ mitigatedAt: _, ...incident }, entry) => {
    const relapses = incident.relapses + 1;
    return withUpdate({ ...incident, state: "active", relapses }, entry, entry.data.reason);
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
    return withLine(active, entry, "update", reason);
  },
} satisfies Partial<Evolvers>;

function withSeverity(incident: Incident, to: Severity, nextUpdateAt: number | undefined): Incident {
  const changed = { ...incident, severity: to, peak: worse(incident.peak, to) };
  return nextUpdateAt === undefined ? changed : { ...changed, nextUpdateAt };
}

function withNextUpdate(incident: Incident, nextUpdateAt: number | undefined): Incident {
  const { nextUpdateAt: _, ...rest } = incident;
  return nextUpdateAt === undefined ? rest : { ...rest, nextUpdateAt };
}

/** What the card shows as the last update, and the timeline too. */
function withUpdate(incident: Incident, entry: EntryOf<FactType>, text: string): Incident {
  const lastUpdate = { text, at: entry.eventAt, by: entry.actor };
  return withLine({ ...incident, lastUpdate }, entry, "update", text);
}

function withLine(
  incident: Incident,
  entry: EntryOf<FactType>,
  kind: TimelineItem["kind"],
  text: string,
): Incident {
  const line = { seq: entry.seq, kind, by: entry.actor, at: entry.eventAt, text };
  return { ...incident, timeline: [...incident.timeline, line] };
}

/** Nothing is asked of anybody any more, and no role has to be filled. */
function ended(incident: Incident, at: number): Incident {
  const { nextUpdateAt: _, ...rest } = incident;
  return { ...rest, overAt: at, offers: [], vacancies: {} };
}
