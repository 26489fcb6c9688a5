import { createHash } from "node:crypto";
import { join } from "node:path";
import { sshVerify } from "../../proof/sshsig.ts";
import { NotSsh } from "../../proof/sshwire.ts";
import { writeText } from "../files/output.ts";
import { type ArchiveFiles, readBytes } from "../opened/archivefiles.ts";
import { DoesNotHold } from "../opened/level.ts";
import { signatureFile, signatureNamespace, tagManifestFile } from "./bag.ts";

/** An archive in two words. */
export interface ArchiveName {
  /** `INC-0042--2026-11-20T190411Z` */
  readonly name: string;
  /** SHA-256 of its tag manifest, in hexadecimal. */
  readonly digest: string;
}

/** What makes an archive a revision: something was removed from the room after it was sealed. */
export interface Revision {
  /** 2 for the first of them. */
  readonly number: number;
  /** The archive that it takes the place of. */
  readonly supersedes: ArchiveName;
}

/** What stays of an archive that another took the place of: what was signed, none of what it held. */
export interface SignedRoot {
  readonly name: string;
  /** The text of its `tagmanifest-sha256.txt`. */
  readonly tagManifest: string;
  /** The text of the signature over it. */
  readonly signature: string;
}

/** Where the signed roots of former archives lie, each in a folder of its name. */
const lineageFolder = "lineage";
const place = /^lineage\/([^/]+)\/([^/]+)$/;

/** Far more than a signed root has, in bytes. */
const mostBytes = 1_048_576;

/** Lays down the signed roots of all former archives beside `data/`, so that they are signed anew. */
export async function writeLineage(lineage: readonly SignedRoot[], folder: string): Promise<void> {
  for (const { name, tagManifest, signature } of lineage) {
    await writeText(join(folder, lineageFolder, name, tagManifestFile), tagManifest);
    await writeText(join(folder, lineageFolder, name, signatureFile), signature);
  }
}

/**
 * The signed roots that a revision of this archive keeps: those it has itself, and its own.
 * @throws DoesNotHold where it is not the archive of this digest, or Unreadable
 */
export async function lineageAfter(
  files: ArchiveFiles,
  archive: ArchiveName,
): Promise<readonly SignedRoot[]> {
  const own = await readRoot(files, "", archive.name);
  if (digestOf(own.tagManifest) !== archive.digest) {
    throw new DoesNotHold({ file: tagManifestFile, reason: "it is not that of the archive looked for" });
  }
  return [...(await readLineage(files)), own];
}

/**
 * Checks that a revision's predecessor is the one it names, and that each of the signed roots it keeps was
 * signed and lists those before it. One that is not there any more is not looked for: the list of files
 * tells whether it was taken away.
 * @throws DoesNotHold, Unreadable
 */
export async function checkLineage(files: ArchiveFiles, revision: Revision | undefined): Promise<void> {
  const roots = await readLineage(files);
  const digests = new Map(roots.map(({ name, tagManifest }) => [name, digestOf(tagManifest)]));
  const { name = "", digest } = revision?.supersedes ?? {};
  if (roots.length > 0 && (digest === undefined || digests.get(name) !== digest)) {
    throw new DoesNotHold({ file: "manifest.json", reason: "the archive it supersedes is not the one kept" });
  }
  for (const root of roots) {
    checkSignature(root);
    for (const [digest, name] of formerIn(root.tagManifest)) {
      if (digests.get(name) !== digest) {
        throw new DoesNotHold({
          file: pathOf(root.name, tagManifestFile),
          reason: `it lists another ${name}`,
        });
      }
    }
  }
}

async function readLineage(files: ArchiveFiles): Promise<readonly SignedRoot[]> {
  const names = new Set<string>();
  for (const path of files.paths) {
    const [, name, file] = place.exec(path) ?? [];
    if (name !== undefined && (file === tagManifestFile || file === signatureFile)) names.add(name);
    else if (path.startsWith(`${lineageFolder}/`)) {
      throw new DoesNotHold({ file: path, reason: "it is no part of a lineage" });
    }
  }
  // In the order of their revisions, as each is longer than the one before.
  const roots = await Promise.all(
    [...names].map((name) => readRoot(files, `${lineageFolder}/${name}/`, name)),
  );
  return roots.sort((a, b) => formerIn(a.tagManifest).length - formerIn(b.tagManifest).length);
}

async function readRoot(files: ArchiveFiles, folder: string, name: string): Promise<SignedRoot> {
  const [tagManifest, signature] = await Promise.all(
    [tagManifestFile, signatureFile].map(async (file) => {
      if (!files.paths.has(folder + file)) {
        throw new DoesNotHold({ file: folder + file, reason: "it is missing" });
      }
      return (await readBytes(files, folder + file, mostBytes)).toString("utf8");
    }),
  );
  return { name, tagManifest: tagManifest ?? "", signature: signature ?? "" };
}

function checkSignature({ name, tagManifest, signature }: SignedRoot): void {
  try {
    sshVerify(Buffer.from(tagManifest), signatureNamespace, signature);
  } catch (problem) {
    if (!(problem instanceof NotSsh)) throw problem;
    throw new DoesNotHold({ file: pathOf(name, signatureFile), reason: problem.message });
  }
}

/** The archives before it that a tag manifest lists. */
function formerIn(tagManifest: string): readonly (readonly [digest: string, name: string])[] {
  return tagManifest.split("\n").flatMap((line) => {
    const [digest = "", path = ""] = line.split("  ");
    const [, name, file] = place.exec(path) ?? [];
    return name === undefined || file !== tagManifestFile ? [] : [[digest, name] as const];
  });
}

function pathOf(name: string, file: string): string {
  return `${lineageFolder}/${name}/${file}`;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
