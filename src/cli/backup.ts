import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Contents } from "../journal/contents.ts";
import { makeBackup } from "../service/backup.ts";
import { counted } from "../service/checkup/finding.ts";
import { print } from "./register.ts";

interface Options {
  readonly config: string;
  readonly overwrite?: true;
  readonly json?: true;
}

export function addBackup(program: Command): void {
  program
    .command("backup")
    .description("write everything in the database into one file, also while the service runs")
    .argument("<file>", "where to; it must not be there yet")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--overwrite", "write over a file that is there, once the new one is whole")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nThe file is a SQLite database, whatever the engine, and as secret as the rooms themselves." +
        "\nExit codes: 0 written and read again, 2 usage or configuration, 4 database or file.",
    )
    .action(backup);
}

async function backup(file: string, { config, overwrite, json }: Options): Promise<void> {
  const made = await makeBackup(loadConfig(config), file, { overwrite: overwrite === true });
  print(json, made, () => [
    `${made.file}: ${inFigures(made)}. Written and read again.`,
    "Not in it, to be backed up as files:",
    ...made.notInIt.map(({ what, path }) => `  ${what}: ${path}`),
  ]);
}

/** What a database holds, in a line. */
export function inFigures({ incidents, open, entries, newestAt }: Contents): string {
  const until = newestAt === undefined ? "" : `, up to ${new Date(newestAt).toISOString()}`;
  return `${counted(incidents, "incident")}, ${open} not archived, ${counted(entries, "entry", "entries")} in their journals${until}`;
}
