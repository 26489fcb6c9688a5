import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { signatureFile, signatureNamespace, tagManifestFile } from "../../src/archive/bag/bag.ts";
import { type BuiltArchive, buildArchive } from "../../src/archive/build.ts";
import type { ArchiveSource } from "../../src/archive/source.ts";
import { sshSign } from "../../src/proof/sshsig.ts";
import { toolVersion } from "../../src/service/version.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveKey } from "./key.ts";
import { recorded, type recordedVersions, sealedAt, sourceOf } from "./recorded.ts";

export const archiveName = "INC-0042--2026-11-20T235011Z";

/** Makes an archive in a temporary folder. */
export async function make(
  source: ArchiveSource,
  folder?: string,
  options: { readonly supersede?: boolean } = {},
): Promise<BuiltArchive> {
  return buildArchive(source, { ...options, ...imprint, folder: folder ?? (await temporaryFolder()) });
}

/** What archives are called here, and said to be. */
export const imprint = {
  name: archiveName,
  tool: { name: "cordon", version: toolVersion },
  sealedAt,
  signer: archiveKey,
};

/** Makes the archive of a recorded room. */
export async function makeRecorded(version: (typeof recordedVersions)[number]): Promise<BuiltArchive> {
  return make(await sourceOf(await recorded(version), await temporaryFolder()));
}

/** A copy of an archive's folder, to be spoiled. */
export async function copyOf({ path }: BuiltArchive): Promise<string> {
  const copy = join(await temporaryFolder(), archiveName);
  await cp(path, copy, { recursive: true });
  return copy;
}

/** Every file below a folder, by its path with slashes, sorted. */
export async function everyFile(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Changes a file of an archive. */
export async function change(folder: string, file: string, by: (text: string) => string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  const changed = by(text);
  if (changed === text) throw new Error(`nothing was changed in ${file}`);
  await mkdir(join(folder, file, ".."), { recursive: true });
  await writeFile(join(folder, file), changed);
}

/** Makes the manifests and the signature fit the files again, as somebody would who has a key. */
export async function rebag(folder: string, key = archiveKey): Promise<void> {
  const files = await everyFile(folder);
  const payload = files.filter((file) => file.startsWith("data/"));
  await writeFile(join(folder, "manifest-sha256.txt"), await manifestOf(folder, payload));
  const tags = files.filter((file) => !file.startsWith("data/") && !file.startsWith(tagManifestFile));
  const tagManifest = await manifestOf(folder, tags);
  await writeFile(join(folder, tagManifestFile), tagManifest);
  await writeFile(join(folder, signatureFile), sshSign(Buffer.from(tagManifest), signatureNamespace, key));
}

async function manifestOf(folder: string, files: readonly string[]): Promise<string> {
  const lines = files.map(async (file) => {
    const hash = createHash("sha256")
      .update(await readFile(join(folder, file)))
      .digest("hex");
    return `${hash}  ${file}\n`;
  });
  return (await Promise.all(lines)).join("");
}
