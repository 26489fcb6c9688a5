import { type Command, Option } from "commander";
import { csvRow } from "../archive/pages/csv.ts";
import { byTime } from "../incident/catchup.ts";
import type { Incident, TimelineItem } from "../incident/incident.ts";
import { plain } from "../words/rich.ts";
import { timelineLine } from "../words/timeline.ts";
import { looking } from "./looking.ts";
import { print } from "./register.ts";

export function addTimeline(program: Command): void {
  program
    .command("timeline")
    .description("print the timeline of an incident, in the order in which things happened")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print JSON")
    .addOption(new Option("--csv", "print a table for a spreadsheet").conflicts("json"))
    .action((id: string, { config, json, csv }: { config: string; json?: true; csv?: true }) =>
      looking(config, id, (incident, view) => {
        const items = shownOf(incident);
        print(json, items, () =>
          csv === true
            ? [columns, ...items.map(rowOf)].map((row) => csvRow(row).trimEnd())
            : items.map((item) => plain([timelineLine(item, incident, view)])),
        );
      }),
    );
}

/** Every line that counts. Where words were removed it is told without them. */
function shownOf({ timeline }: Incident): readonly TimelineItem[] {
  return timeline.filter((item) => item.gone !== "unmarked").sort(byTime);
}

const columns = ["number", "happened", "written", "kind", "by", "text", "message"];

function rowOf(item: TimelineItem): readonly string[] {
  const { number, at, writtenAt, kind, by, text, message = "" } = item;
  return [
    `${number}`,
    new Date(at).toISOString(),
    new Date(writtenAt).toISOString(),
    kind,
    by,
    text,
    message,
  ];
}
