import { join } from "node:path";
import { isEventId } from "../matrix/ids.ts";
import { localClock } from "./clock.ts";
import type { Draft } from "./draft.ts";
import { writeJson, writeLines, writeText } from "./output.ts";
import { styleSheet } from "./page.ts";
import type { Redaction } from "./redactions.ts";
import { type ReportForm, type ReportPlan, renderReport } from "./report.ts";
import { writeTimeline } from "./timeline.ts";
import { pageFile } from "./transcriptpages.ts";

/** Writes everything that lies in `data/` besides the events, the transcript and the attachments. */
export async function writePayload(draft: Draft, data: string): Promise<void> {
  const { chronicle, record, completeness, attachments } = draft;
  const { incident, states, severities, entries, tenures } = chronicle;
  await writeJson(join(data, "incident.json"), { incident, states, severities });
  await writeLines(join(data, "journal.ndjson"), entries);
  await writeTimeline(chronicle, (user) => record.people.nameOf(user), data);
  await writeLines(join(data, "state", "members.ndjson"), record.people.memberships());
  await writeLines(
    join(data, "state", "roles.ndjson"),
    tenures.map(({ value, ...tenure }) => ({ role: value, ...tenure })),
  );
  await writeLines(join(data, "state", "power-levels.ndjson"), record.powerLevels.all());
  await writeLines(join(data, "media.ndjson"), attachments.list());
  await writeLines(join(data, "redactions.ndjson"), redactionsOf(draft));
  await writeJson(join(data, "completeness.json"), completeness);
  await writeJson(join(data, "server-keys.json"), (await draft.source.serverKeys()) ?? {});
  await writeReports(draft, data);
}

/** The report in its two forms: beside the transcript, and by itself for the room. */
async function writeReports(draft: Draft, data: string): Promise<void> {
  const plan = reportPlan(draft);
  const inFolder: ReportForm = {
    style: { href: "assets/style.css" },
    hrefOf: draft.placeInTranscript,
    transcript: `messages/${pageFile(1)}`,
  };
  await writeText(join(data, "index.html"), renderReport(plan, inFolder).toString());
  const alone: ReportForm = { style: "inline", hrefOf: permalinks(draft) };
  await writeText(join(data, "report.html"), renderReport(plan, alone).toString());
  await writeText(join(data, "assets", "style.css"), styleSheet);
}

function reportPlan(draft: Draft): ReportPlan {
  const { chronicle, completeness, record, source, imprint, attachments } = draft;
  return {
    chronicle,
    completeness,
    messages: record.messages,
    memberships: record.people.memberships(),
    redactions: redactionsOf(draft),
    attachments: attachments.list().length,
    nameOf: (user) => record.people.nameOf(user),
    local: localClock(source.timeZone),
    sealedAt: imprint.sealedAt,
    name: imprint.name,
  };
}

function redactionsOf({ record }: Draft): readonly Redaction[] {
  return record.redactions.list((id) => record.graph.placeOf(id) !== undefined);
}

/** Links into the room itself, for a report that lies nowhere near its transcript (matrix.to navigation). */
function permalinks({ source, record }: Draft): (event: string) => string | undefined {
  const room = source.incident.room?.id;
  return (event) => {
    const isThere = room !== undefined && isEventId(event) && record.graph.placeOf(event) !== undefined;
    if (!isThere) return undefined;
    const path = [room, event].map(encodeURIComponent).join("/");
    return `https://matrix.to/#/${path}?via=${encodeURIComponent(source.serverName)}`;
  };
}
