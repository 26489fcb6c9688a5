import { isShown } from "../../incident/catchup.ts";
import type { Task, TimelineItem } from "../../incident/incident.ts";
import type { Chronicle, Stretch } from "../chronicle.ts";
import { iso } from "./clock.ts";

/** The format of `incident.json`, which `docs/incident.schema.json` describes. Readers of the old one stay right. */
const incidentFormat = "cordon-incident/1";

/**
 * What `incident.json` holds: the incident as other programs read it. A published form of its own, so that
 * the state that Cordon works with can change without anybody's reader breaking.
 */
export function incidentFile({ incident, states, severities, tenures }: Chronicle): unknown {
  const { cancelled, outcome, impact } = incident;
  return {
    format: incidentFormat,
    id: incident.id,
    title: incident.title,
    state: incident.state,
    severity: incident.severity,
    peak_severity: incident.peak,
    declared_by: incident.declaredBy,
    declared_at: iso(incident.declaredAt),
    mitigated_at: time(incident.mitigatedAt),
    over_at: time(incident.overAt),
    relapses: incident.relapses,
    room: incident.room === undefined ? null : { id: incident.room.id, version: incident.room.version },
    impact:
      impact === undefined
        ? null
        : { text: impact.text, from: time(impact.from), until: time(impact.until), line: impact.line },
    outcome:
      outcome === undefined
        ? null
        : {
            summary: outcome.summary,
            roles_never_filled: outcome.missing,
            tasks_still_open: outcome.tasks ?? [],
            closed_anyway_because: outcome.anyway ?? null,
          },
    cancelled:
      cancelled === undefined
        ? null
        : { reason: cancelled.reason, of: cancelled.of ?? null, text: cancelled.text ?? null },
    states: states.map(stretch),
    severities: severities.map(stretch),
    roles: tenures.map(({ value, user, acting, from, to }) => ({
      role: value,
      user,
      acting,
      from: iso(from),
      to: time(to),
    })),
    timeline: incident.timeline.map(line),
    tasks: incident.tasks.map(task),
    journal: { entries: incident.head.seq, head: incident.head.hash },
  };
}

function stretch({ value, from, to }: Stretch<string>): unknown {
  return { value, from: iso(from), to: time(to) };
}

function line(item: TimelineItem): unknown {
  const { number, seq, kind, by, at, writtenAt, text, message, corrected, gone } = item;
  return {
    number,
    entry: seq,
    kind,
    by,
    at: iso(at),
    written_at: iso(writtenAt),
    text: isShown(item) ? text : null,
    gone: gone ?? null,
    message: message ?? null,
    corrected_at: time(corrected?.at),
  };
}

function task({ number, seq, text, owner, state, addedAt, dueAt, ended }: Task): unknown {
  return {
    number,
    entry: seq,
    text,
    owner: owner ?? null,
    state,
    added_at: iso(addedAt),
    due_at: time(dueAt),
    ended_at: time(ended?.at),
    ended_by: ended?.by ?? null,
    ended_with: ended?.text ?? null,
  };
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : iso(ms);
}
