import type { Command } from "commander";
import { card } from "../words/card.ts";
import { plain } from "../words/rich.ts";
import { looking } from "./looking.ts";
import { print } from "./register.ts";

export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show how an incident stands")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print JSON")
    .action((id: string, { config, json }: { config: string; json?: true }) =>
      looking(config, id, (incident, view) => print(json, incident, () => [plain(card(incident, view))])),
    );
}
