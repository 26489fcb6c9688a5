import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { restoreBackup } from "../service/restore.ts";
import { inFigures } from "./backup.ts";
import { print } from "./register.ts";

interface Options {
  readonly config: string;
  readonly replace?: true;
  readonly json?: true;
}

export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("put a backup in the place of the database; the service must not run")
    .argument("<file>", "the backup, as cordon backup wrote it")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--replace", "also where the database holds newer data, or is another installation's")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nThe backup may come from the other engine. What was there is kept beside it." +
        "\nExit codes: 0 in place, 2 usage or configuration, 4 the backup or the database cannot be used," +
        "\nor a service runs.",
    )
    .action(restore);
}

async function restore(file: string, { config, replace, json }: Options): Promise<void> {
  const restored = await restoreBackup(loadConfig(config), file, {
    replace: replace === true,
    now: Date.now(),
    tell: (_, words) => process.stderr.write(`${words}\n`),
  });
  print(json, restored, () => [
    `In place: ${inFigures(restored)}.`,
    ...(restored.formerly === undefined ? [] : [`What was there before: ${restored.formerly}`]),
    "At its start the service compares this with the rooms, and mends or names what they know more.",
  ]);
}
