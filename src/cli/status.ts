import type { Command } from "commander";
import { rulesOf } from "../app.ts";
import { viewWith } from "../service/view.ts";
import { card } from "../words/card.ts";
import { plain } from "../words/rich.ts";
import { namedIncident, print, reading } from "./register.ts";

/** The bot plays no part in looking at an incident from here. */
const nobody: `@${string}:${string}` = "@:";

export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show how an incident stands")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print JSON")
    .action((id: string, options: { config: string; json?: true }) =>
      reading(options.config, async (store, config) => {
        const { incident } = await namedIncident(store, id);
        const view = viewWith(rulesOf(config, nobody), nobody, {});
        print(options.json, incident, () => plain(card(incident, view)).split("\n"));
      }),
    );
}
