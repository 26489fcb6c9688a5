import { constants } from "node:fs";
import { copyFile, link, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MediaUri } from "../../matrix/ids.ts";
import type { Json } from "../../proof/redaction.ts";
import { readWholeFile } from "../files/fileread.ts";
import { type FileKind, sniff } from "../files/sniff.ts";
import type { ArchiveSource, Media } from "../source.ts";
import type { FileUse } from "./attachment.ts";

/** A file in the archive, named by its content, or why it is not there. */
export type Stored =
  | ({ readonly path: string; readonly sha256: string; readonly bytes: number } & FileKind)
  | { readonly missing: string };

/** An attachment that the archive would have, and why it has not. */
export interface MissingAttachment {
  readonly uri: MediaUri;
  readonly reason: string;
}

/** Brings files into the archive, each content once. */
export class AttachmentStore {
  readonly #source: Pick<ArchiveSource, "media">;
  readonly #folder: string;
  readonly #known = new Map<MediaUri, { readonly use: FileUse; readonly stored: Stored }>();

  /** `folder` is the one that will contain `media/`. */
  constructor(source: Pick<ArchiveSource, "media">, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  /** A file that is both somebody's picture and an attachment counts as an attachment. */
  async store(uri: MediaUri, use: FileUse): Promise<Stored> {
    const known = this.#known.get(uri);
    if (known !== undefined && (known.use === use || use !== "attachment")) return known.stored;
    const stored = known?.stored ?? (await this.#bring(await this.#source.media(uri)));
    this.#known.set(uri, { use, stored });
    return stored;
  }

  /** The lines of `media.ndjson`, in the order in which the room first named the files. */
  list(): readonly Json[] {
    return [...this.#known].map(([uri, { use, stored }]) =>
      "missing" in stored
        ? { uri, use, missing: stored.missing }
        : { uri, use, path: stored.path, sha256: stored.sha256, bytes: stored.bytes, type: stored.type },
    );
  }

  /** Attachments only: that a preview or somebody's picture is not there is no gap in what was said. */
  missing(): readonly MissingAttachment[] {
    return [...this.#known].flatMap(([uri, { use, stored }]) =>
      "missing" in stored && use === "attachment" ? [{ uri, reason: stored.missing }] : [],
    );
  }

  async #bring(media: Media): Promise<Stored> {
    if ("missing" in media) return media;
    const found = await readWholeFile(media.path).catch((problem: unknown) => {
      if (!hasCode(problem, "ENOENT")) throw problem;
    });
    if (found?.sha256 !== media.sha256) return { missing: "the stored file is not the one that was fetched" };
    const { sha256, bytes, head } = found;
    const kind = sniff(head);
    const path = `media/${sha256.slice(0, 2)}/${sha256}.${kind.extension}`;
    await place(media.path, join(this.#folder, path));
    return { path, sha256, bytes, ...kind };
  }
}

/**
 * Gives a stored file a second name, in the archive: so it takes its room on the disk once. Neither name is
 * ever written to. Where the file system has no such names it is copied.
 */
async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await link(from, to);
  } catch (problem) {
    if (hasCode(problem, "EEXIST")) return;
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS"].some((code) => hasCode(problem, code)))
      throw problem;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    const copy = await open(to, "r+");
    await copy.sync().finally(() => copy.close());
  }
}

function hasCode(problem: unknown, code: string): boolean {
  return problem instanceof Error && "code" in problem && problem.code === code;
}
