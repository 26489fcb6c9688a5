import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { StoredIncident } from "../journal/incidents.ts";
import { NotFound } from "./failure.ts";
import { makeFolder } from "./folder.ts";
import { namedIncident, print, reading } from "./register.ts";

export function addExport(program: Command): void {
  program
    .command("export")
    .description("copy the archive of an incident, folder and zip")
    .argument("<incident>", "its id, INC-0042")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--to <folder>", "where to, made where it is missing", ".")
    .option("--json", "print JSON")
    .action((id: string, options: { config: string; to: string; json?: true }) =>
      reading(options.config, async (store, config) => {
        const stored = await namedIncident(store, id);
        const name = archiveOf(stored);
        const [folder, zip] = await copy(name, config.archive.folder, resolve(options.to));
        const { id: incident, archive } = stored.incident;
        print(options.json, { incident, folder, zip, digest: archive?.digest }, () => [folder, zip]);
      }),
    );
}

function archiveOf({ incident }: StoredIncident): string {
  if (incident.archive !== undefined) return incident.archive.name;
  throw new NotFound(
    incident.state === "over"
      ? `${incident.id} is over and not archived yet; the commander types !inc archive in its room.`
      : `${incident.id} is ${incident.state}; an archive is made once it is over.`,
  );
}

/** Copies both forms of an archive, all or nothing known in advance: never over something that is there. */
async function copy(name: string, from: string, to: string): Promise<readonly [folder: string, zip: string]> {
  const both = [name, `${name}.zip`] as const;
  const gone = both.find((each) => !existsSync(join(from, each)));
  if (gone !== undefined) throw new NotFound(`${gone} is no longer in ${from}; look for it in your backups.`);
  const taken = both.find((each) => existsSync(join(to, each)));
  if (taken !== undefined) throw new NotFound(`${taken} is in ${to} already; name another folder with --to.`);
  makeFolder(to);
  for (const each of both) await cp(join(from, each), join(to, each), { recursive: true });
  return [join(to, both[0]), join(to, both[1])];
}
