import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { ArchiveName } from "../archive/bag/lineage.ts";
import { type BothForms, copyArchive, formsIn, isWhole } from "../archive/copy.ts";
import { makeFolderFor } from "../archive/readers.ts";
import type { Config } from "../config/config.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { NotFound } from "./failure.ts";
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
        const archive = archiveOf(stored);
        const { folder, zip } = await copy(archive, config.archive, resolve(options.to));
        const { digest } = archive;
        print(options.json, { incident: stored.incident.id, folder, zip, digest }, () => [folder, zip]);
      }),
    );
}

function archiveOf({ incident }: StoredIncident): ArchiveName {
  if (incident.archive !== undefined) return incident.archive;
  throw new NotFound(
    incident.state === "over"
      ? `${incident.id} is over and not archived yet; the commander types !inc archive in its room.`
      : `${incident.id} is ${incident.state}; an archive is made once it is over.`,
  );
}

/** Copies both forms of an archive, whole or not at all: never over something that is there. */
async function copy(archive: ArchiveName, config: Config["archive"], to: string): Promise<BothForms> {
  const { name } = archive;
  const taken = [name, `${name}.zip`].find((each) => existsSync(join(to, each)));
  if (taken !== undefined) throw new NotFound(`${taken} is in ${to} already; name another folder with --to.`);
  const from = await findWhole(archive, config);
  await makeFolderFor(config.readableBy, to);
  return copyArchive(archive, from, to, config.readableBy);
}

/** Looks for each form of an archive where archives are written and where they are copied to. */
async function findWhole({ name, digest }: ArchiveName, config: Config["archive"]): Promise<BothForms> {
  const folders = [config.folder, ...(config.copyTo === undefined ? [] : [config.copyTo])];
  const find = async (form: keyof BothForms) => {
    const paths = folders.map((folder) => formsIn(folder, name)[form]);
    for (const path of paths) if (await isWhole(path, digest)) return path;
    const damaged = paths.find((path) => existsSync(path));
    const what =
      damaged === undefined
        ? `${form === "zip" ? `${name}.zip` : name} is no longer in ${folders.join(" or ")}`
        : `${damaged} is not as it was made`;
    throw new NotFound(`${what}; look for it in your backups. The archive's SHA-256 is ${digest}.`);
  };
  return { folder: await find("folder"), zip: await find("zip") };
}
