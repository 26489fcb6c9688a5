import type { Command } from "commander";
import type { Entry } from "../incident/entry.ts";
import { journalOf } from "../journal/entries.ts";
import { namedIncident, print, reading } from "./register.ts";

export function addJournal(program: Command): void {
  program
    .command("journal")
    .description("print the journal of an incident, entry by entry")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print one JSON object a line")
    .action((id: string, options: { config: string; json?: true }) =>
      reading(options.config, async (store) => {
        const { incident } = await namedIncident(store, id);
        for await (const entry of journalOf(store.db, incident.id))
          print(options.json, entry, () => [asLine(entry)]);
      }),
    );
}

function asLine(entry: Entry): string {
  const roles = entry.actorRoles.length === 0 ? "" : ` (${entry.actorRoles.join(", ")})`;
  const at = new Date(entry.eventAt).toISOString();
  return `${String(entry.seq).padStart(4)}  ${at}  ${entry.type}  ${entry.actor}${roles}  ${JSON.stringify(entry.data)}`;
}
