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

/** What an attachment is said to be, in a word. */
export type AttachmentKind = "picture" | "file" | "recording" | "voice message" | "film" | "sticker";

/** An attachment as a message names it. The name is the sender's and is only ever shown. */
export interface Attachment {
  readonly uri: MediaUri;
  readonly name: string;
  readonly kind: AttachmentKind;
  /** Whether the message says something besides naming its file. */
  readonly hasCaption: boolean;
  /** How long it plays, in milliseconds, as the sender says. */
  readonly length?: number;
  /** Its size in pixels, as the sender says. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** An attachment in the archive, named by its content, or why it is not there. */
export type Stored =
  | ({ readonly path: string; readonly sha256: string; readonly bytes: number } & FileKind)
  | { readonly missing: string };

const kinds: Readonly<Record<string, AttachmentKind>> = {
  "m.image": "picture",
  "m.file": "file",
  "m.audio": "recording",
  "m.video": "film",
};

/** The attachment of a message's content, if it has one (client-server API, "m.room.message msgtypes"). */
export function attachmentOf(type: unknown, content: unknown): Attachment | undefined {
  const kind = type === "m.sticker" ? "sticker" : kinds[text(content, "msgtype") ?? ""];
  const uri = text(content, "url") ?? text(object(content, "file"), "url");
  if (kind === undefined || !isMediaUri(uri)) return undefined;
  const [named, body] = [text(content, "filename"), text(content, "body")];
  const info = object(content, "info");
  const [width, height, length] = [info?.w, info?.h, info?.duration].map(measure);
  return {
    uri,
    name: visible(named ?? body ?? "file"),
    kind: kind === "recording" && isVoice(content) ? "voice message" : kind,
    hasCaption: named !== undefined && body !== undefined && body !== named,
    ...(length === undefined ? {} : { length }),
    ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
  };
}

/** MSC3245. */
function isVoice(content: unknown): boolean {
  return object(content, "org.matrix.msc3245.voice") !== undefined;
}

/** A number that can be the length or the size of something. */
function measure(value: unknown): number | undefined {
  return typeof value === "number" && value >= 1 && value <= 1e8 ? Math.round(value) : undefined;
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
