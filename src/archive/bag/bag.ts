import { createHash } from "node:crypto";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { byCodePoint } from "../../proof/canonical.ts";
import { readWholeFile } from "../files/fileread.ts";
import { writeText } from "../files/output.ts";

/** The declaration of a bag (RFC 8493, section 2.1.1). */
export const bagDeclaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

export const manifestFile = "manifest-sha256.txt";
export const tagManifestFile = "tagmanifest-sha256.txt";

/** The signature over the tag manifest, and with it over everything; no manifest can list it. */
export const signatureFile = `${tagManifestFile}.sig`;
/** What archives are signed for: a signature made for anything else counts for nothing here. */
export const signatureNamespace = "cordon-archive@v1";

/** What `bag-info.txt` says, besides what is counted. */
export type BagInfo = readonly (readonly [label: string, value: string])[];

/**
 * Makes a bag of a folder whose payload and other tag files are there (RFC 8493): writes its declaration, its
 * information and its manifests. Gives the text of the tag manifest, which stands for the whole bag.
 */
export async function makeBag(folder: string, info: BagInfo): Promise<string> {
  const payload = (await filesIn(folder)).filter((path) => path.startsWith("data/"));
  const sizes = await Promise.all(payload.map(async (path) => (await stat(join(folder, path))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await writeText(join(folder, "bagit.txt"), bagDeclaration);
  const lines: BagInfo = [...info, ["Payload-Oxum", `${total}.${payload.length}`]];
  await writeText(
    join(folder, "bag-info.txt"),
    lines.map(([label, value]) => `${label}: ${oneLine(value)}\n`).join(""),
  );
  await writeText(join(folder, manifestFile), await manifestOf(folder, payload));
  const tags = (await filesIn(folder)).filter(
    (path) => !path.startsWith("data/") && path !== tagManifestFile,
  );
  const tagManifest = await manifestOf(folder, tags);
  await writeText(join(folder, tagManifestFile), tagManifest);
  return tagManifest;
}

/** The files of a folder by their paths in it, with slashes, sorted by code point. */
export async function filesIn(folder: string, below = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of await opendir(join(folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesIn(folder, path)));
    else found.push(path);
  }
  return found.sort(byCodePoint);
}

/** The SHA-256 of what a stream brings, in hexadecimal. */
export async function sha256Of(chunks: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes was expected");
    hash.update(chunk);
  }
  return hash.digest("hex");
}

async function manifestOf(folder: string, paths: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const path of paths) {
    const { sha256 } = await readWholeFile(join(folder, path));
    lines.push(`${sha256}  ${path}\n`);
  }
  return lines.join("");
}

/** A value of `bag-info.txt` ends with its line, and readers differ in what ends one. */
function oneLine(value: string): string {
  return value.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}
