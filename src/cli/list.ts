import type { Command } from "commander";
import { listIncidents } from "../journal/incidents.ts";
import { severityName } from "../words/view.ts";
import { print, reading } from "./register.ts";

const mostListed = 10_000;

export function addList(program: Command): void {
  program
    .command("list")
    .description("list the incidents, the newest first")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--open", "only those that are not archived")
    .option("--json", "print JSON")
    .action((options: { config: string; open?: true; json?: true }) =>
      reading(options.config, async (store) => {
        const found = await listIncidents(store.db, { open: options.open ?? false, limit: mostListed });
        const incidents = found.map(({ incident }) => ({
          id: incident.id,
          state: incident.state,
          severity: incident.severity,
          declaredAt: new Date(incident.declaredAt).toISOString(),
          title: incident.title,
        }));
        print(options.json, incidents, () =>
          incidents.map((each) =>
            [
              each.id,
              severityName(each.severity).padEnd(16),
              each.state.padEnd(9),
              each.declaredAt,
              each.title,
            ].join("  "),
          ),
        );
      }),
    );
}
