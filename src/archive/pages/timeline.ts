import type { Chronicle } from "../chronicle.ts";
import { type Shelf, writeLines, writeText } from "../files/output.ts";
import { iso } from "./clock.ts";
import { csvRow } from "./csv.ts";
import { actorName, describe, type NameOf } from "./words.ts";

const columns = [
  "seq",
  "at",
  "recorded_at",
  "type",
  "what",
  "text",
  "by",
  "by_id",
  "roles",
  "cause",
] as const;

/** Writes the incident's timeline, for programs as NDJSON and for spreadsheets as CSV. Times are in UTC. */
export async function writeTimeline(chronicle: Chronicle, nameOf: NameOf, data: Shelf): Promise<void> {
  const rows = chronicle.entries.map((entry) => {
    const { title, text } = describe(entry, nameOf);
    return {
      seq: entry.seq,
      at: iso(entry.eventAt),
      recorded_at: iso(entry.recordedAt),
      type: entry.type,
      what: title,
      text: text ?? "",
      by: actorName(entry, nameOf),
      by_id: entry.actor,
      roles: entry.actorRoles.join(" "),
      cause: entry.cause,
    };
  });
  await writeLines(data.at("timeline.ndjson"), rows);
  const csv = [csvRow(columns), ...rows.map((row) => csvRow(columns.map((column) => row[column])))];
  await writeText(data.at("timeline.csv"), csv.join(""));
}
