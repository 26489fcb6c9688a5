import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { object, text } from "../matrix/event.ts";
import { isMediaUri, type MediaUri } from "../matrix/ids.ts";
import type { Json } from "../proof/redaction.ts";
import { Output } from "./output.ts";
import { type FileKind, sniff, sniffedBytes } from "./sniff.ts";
import type { ArchiveSource, Media } from "./source.ts";
import { visible } from "./visible.ts";

/** An attachment as a message names it. The name is the sender's and is only ever shown. */
export interface Attachment {
  readonly uri: MediaUri;
  readonly name: string;
}

/** An attachment in the archive, named by its content, or why it is not there. */
export type Stored =
  | ({ readonly path: string; readonly sha256: string; readonly bytes: number } & FileKind)
  | { readonly missing: string };

const typesWithFile = new Set(["m.image", "m.file", "m.audio", "m.video"]);

/** The attachment of a message's content, if it has one (client-server API, "m.room.message msgtypes"). */
export function attachmentOf(type: unknown, content: unknown): Attachment | undefined {
  const isFile = type === "m.sticker" || typesWithFile.has(text(content, "msgtype") ?? "");
  const uri = text(content, "url") ?? text(object(content, "file"), "url");
  if (!isFile || !isMediaUri(uri)) return undefined;
  return { uri, name: visible(text(content, "filename") ?? text(content, "body") ?? "file") };
}

/** Brings attachments into the archive, each content once. */
export class AttachmentStore {
  readonly #source: Pick<ArchiveSource, "media">;
  readonly #folder: string;
  readonly #known = new Map<MediaUri, Stored>();

  /** `folder` is the one that will contain `media/`. */
  constructor(source: Pick<ArchiveSource, "media">, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  async store(uri: MediaUri): Promise<Stored> {
    const known = this.#known.get(uri);
    if (known !== undefined) return known;
    const stored = await this.#bring(await this.#source.media(uri));
    this.#known.set(uri, stored);
    return stored;
  }

  /** The lines of `media.ndjson`, in the order in which the room first named the files. */
  list(): readonly Json[] {
    return [...this.#known].map(([uri, stored]) =>
      "missing" in stored
        ? { uri, missing: stored.missing }
        : { uri, path: stored.path, sha256: stored.sha256, bytes: stored.bytes, type: stored.type },
    );
  }

  missing(): readonly { readonly uri: string; readonly reason: string }[] {
    return [...this.#known].flatMap(([uri, stored]) =>
      "missing" in stored ? [{ uri, reason: stored.missing }] : [],
    );
  }

  async #bring(media: Media): Promise<Stored> {
    if ("missing" in media) return media;
    const incoming = join(this.#folder, "media", "incoming");
    const copied = await copy(media.path, incoming);
    if (copied.sha256 !== media.sha256) {
      await rm(incoming);
      return { missing: "the stored file is not the one that was fetched" };
    }
    const kind = sniff(copied.head);
    const path = `media/${copied.sha256.slice(0, 2)}/${copied.sha256}.${kind.extension}`;
    await mkdir(dirname(join(this.#folder, path)), { recursive: true });
    await rename(incoming, join(this.#folder, path));
    return { path, sha256: copied.sha256, bytes: copied.bytes, ...kind };
  }
}

async function copy(
  from: string,
  to: string,
): Promise<{ readonly sha256: string; readonly bytes: number; readonly head: Buffer }> {
  const hash = createHash("sha256");
  const output = await Output.create(to);
  const input = await open(from, "r");
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of input.createReadStream({ autoClose: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("a file is read as bytes");
      if (head.length < sniffedBytes) head = Buffer.concat([head, chunk]).subarray(0, sniffedBytes);
      hash.update(chunk);
      await output.write(chunk);
    }
  } finally {
    await input.close();
    await output.close();
  }
  return { sha256: hash.digest("hex"), bytes: output.bytes, head };
}
