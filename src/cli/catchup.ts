import type { Command } from "commander";
import { catchUp } from "../incident/catchup.ts";
import { catchUpWords } from "../words/catchup.ts";
import { plain } from "../words/rich.ts";
import { looking } from "./looking.ts";
import { print } from "./register.ts";

export function addCatchup(program: Command): void {
  program
    .command("catchup")
    .description("tell what is known, ruled out, decided, and being done in an incident")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print JSON")
    .action((id: string, { config, json }: { config: string; json?: true }) =>
      looking(config, id, (incident, view) =>
        print(json, catchUp(incident), () => [plain(catchUpWords(incident, undefined, view))]),
      ),
    );
}
