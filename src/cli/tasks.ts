import type { Command } from "commander";
import { plain } from "../words/rich.ts";
import { tasksWords } from "../words/tasks.ts";
import { looking } from "./looking.ts";
import { print } from "./register.ts";

export function addTasks(program: Command): void {
  program
    .command("tasks")
    .description("show what is to be done in an incident, and by whom")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print JSON, with the tasks that are ended too")
    .action((id: string, { config, json }: { config: string; json?: true }) =>
      looking(config, id, (incident, view) =>
        print(json, incident.tasks, () => [plain(tasksWords(incident, view))]),
      ),
    );
}
