import { isEventId } from "../../matrix/ids.ts";
import type { Completeness } from "../completeness.ts";
import type { Material } from "../draft.ts";
import { type Shelf, writeJson, writeLines, writeText } from "../files/output.ts";
import type { Redaction } from "../record/redactions.ts";
import type { Progress } from "../source.ts";
import { localClock } from "./clock.ts";
import { incidentFile } from "./incidentfile.ts";
import { assets, inFolder } from "./page.ts";
import { postmortem } from "./postmortem.ts";
import { type ReportForm, type ReportPlan, renderReport } from "./report.ts";
import { writeTimeline } from "./timeline.ts";
import { asTold } from "./told.ts";
import { writeTranscript } from "./transcript.ts";

/**
 * Writes what people and their programs read, below `data`: all of it follows from the rest, which is why
 * `cordon verify` can write it again and compare. `judge` is asked for the judgement on the record once all
 * attachments were asked for; its answer is given back.
 */
export async function writeReading(
  material: Material,
  data: Shelf,
  judge: () => Completeness,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Completeness> {
  const { source, rules, record, attachments } = material;
  const places = await writeTranscript(
    {
      record,
      chronicle: material.chronicle,
      attachments,
      rules,
      roles: source.roles,
      local: localClock(source.timeZone),
      data,
      ...(source.seal === undefined ? {} : { seal: source.seal }),
    },
    report,
    signal,
  );
  const completeness = judge();
  const plan = reportPlan(material, completeness);
  const { chronicle, nameOf } = plan;
  await writeState(material, data);
  await writeJson(data.at("incident.json"), incidentFile(chronicle));
  await writeTimeline(chronicle, nameOf, data);
  await writeText(data.at("postmortem.md"), postmortem({ chronicle, nameOf, placeInTranscript: places }));
  const beside: ReportForm = {
    stand: inFolder(""),
    hrefOf: (event, seq) => (event === undefined ? undefined : places.ofEvent(event)) ?? places.ofEntry(seq),
  };
  await writeText(data.at("index.html"), renderReport(plan, beside).toString());
  const alone: ReportForm = { stand: "alone", hrefOf: permalinks(material) };
  await writeText(data.at("report.html"), renderReport(plan, alone).toString());
  for (const [name, text] of Object.entries(assets)) await writeText(data.at(`assets/${name}`), text);
  return completeness;
}

/** Who was what, from when to when. */
async function writeState({ chronicle, record }: Material, data: Shelf): Promise<void> {
  await writeLines(data.at("state/members.ndjson"), record.people.memberships());
  await writeLines(
    data.at("state/roles.ndjson"),
    chronicle.tenures.map(({ value, ...tenure }) => ({ role: value, ...tenure })),
  );
  await writeLines(data.at("state/power-levels.ndjson"), record.powerLevels.all());
}

function reportPlan(material: Material, completeness: Completeness): ReportPlan {
  const { chronicle, record, source, imprint, attachments } = material;
  return {
    chronicle: asTold(chronicle, record.redactions),
    completeness,
    messages: record.messages,
    memberships: record.people.memberships(),
    redactions: redactionsOf(material),
    attachments: attachments.list().length,
    nameOf: (user) => record.people.nameOf(user),
    local: localClock(source.timeZone),
    sealedAt: imprint.sealedAt,
    name: imprint.name,
    made: imprint,
    ...(imprint.revision === undefined ? {} : { revision: imprint.revision }),
  };
}

/** The lines of `redactions.ndjson`. */
export function redactionsOf({ record }: Material): readonly Redaction[] {
  return record.redactions.list((id) => record.graph.placeOf(id) !== undefined);
}

/** Links into the room itself, for a report that lies nowhere near its transcript (matrix.to navigation). */
function permalinks({ source, record }: Material): ReportForm["hrefOf"] {
  const room = source.incident.room?.id;
  return (event) => {
    const isThere = room !== undefined && isEventId(event) && record.graph.placeOf(event) !== undefined;
    if (!isThere) return undefined;
    const path = [room, event].map(encodeURIComponent).join("/");
    return `https://matrix.to/#/${path}?via=${encodeURIComponent(source.serverName)}`;
  };
}
