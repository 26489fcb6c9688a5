import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { inShell } from "../../config/secret-file.ts";
import { cureFor, exposedFiles, verb, written } from "../own-files.ts";
import { counted, doubtful, type Finding, mostNamed, well } from "./finding.ts";

/** Where everybody may put files, they may put others in the place of those that are there. */
const anybodyPuts = 0o002;
/** Unless nobody may take away what another has put there, as in /tmp. */
const sticky = 0o1000;

/** Whether others can read or change what Cordon has made, or put something else in its place. */
export async function checkRights(config: Config): Promise<Finding> {
  const files = (await exposedFiles(config)).map(
    (each) => `${each.path} can be ${verb(each)} by others (${written(each.mode)}): ${cureFor(each)}`,
  );
  const lines = [...files, ...(await openFolders(config))];
  if (lines.length === 0) return well("file rights", "nobody else can read what Cordon keeps");
  return doubtful(
    "file rights",
    `others can get at ${counted(lines.length, "file or folder", "files or folders")}; a start puts right what is its own`,
    ...lines.slice(0, mostNamed),
  );
}

async function openFolders({ file, database, archive, appservice }: Config): Promise<readonly string[]> {
  if (process.platform === "win32") return [];
  const files = [file, appservice.registration, archive.signingKey];
  if (database.engine === "sqlite") files.push(database.file);
  const folders = [...new Set(files.map((path) => dirname(resolve(path))))];
  const lines = await Promise.all(
    folders.map(async (folder) => {
      const mode = (await stat(folder).catch(() => undefined))?.mode ?? 0;
      if ((mode & anybodyPuts) === 0 || (mode & sticky) !== 0) return [];
      return [
        `anybody can put files into ${folder} (${written(mode & 0o777)}): chmod o-w ${inShell(folder)}`,
      ];
    }),
  );
  return lines.flat();
}
