import { object, text } from "../../matrix/event.ts";
import { isMediaUri, type MediaUri } from "../../matrix/ids.ts";
import { visible } from "../visible.ts";

/** What an attachment is said to be, in a word. */
export type AttachmentKind = "picture" | "file" | "recording" | "voice message" | "film" | "sticker";

/** An attachment as a message names it. The name is the sender's and is only ever shown. */
export interface Attachment {
  readonly uri: MediaUri;
  readonly name: string;
  readonly kind: AttachmentKind;
  /** Whether the message says something besides naming its file. */
  readonly hasCaption: boolean;
  /** Whether the file was encrypted by its sender, and is to be read with the key in the event only. */
  readonly isEncrypted: boolean;
  /** A smaller picture of it, as the sender made it. */
  readonly preview?: MediaUri;
  /** How long it plays, in milliseconds, as the sender says. */
  readonly length?: number;
  /** Its size in pixels, as the sender says. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** What a file is for: to be read by people, to stand for another one, to stand for somebody. */
export type FileUse = "attachment" | "preview" | "avatar";

/** A file that an event names. */
export interface NamedFile {
  readonly uri: MediaUri;
  readonly use: FileUse;
  /** Its media type as the sender claims it. */
  readonly claimed?: string;
}

const kinds: ReadonlyMap<string | undefined, AttachmentKind> = new Map([
  ["m.image", "picture"],
  ["m.file", "file"],
  ["m.audio", "recording"],
  ["m.video", "film"],
]);

/** The attachment of a message's content, if it has one (client-server API, "m.room.message msgtypes"). */
export function attachmentOf(type: unknown, content: unknown): Attachment | undefined {
  const kind = type === "m.sticker" ? "sticker" : kinds.get(text(content, "msgtype"));
  const uri = uriIn(content, "url", "file");
  if (kind === undefined || uri === undefined) return undefined;
  const [named, body] = [text(content, "filename"), text(content, "body")];
  const info = object(content, "info");
  const recording = object(content, "org.matrix.msc1767.audio");
  const [width, height, length] = [info?.w, info?.h, info?.duration ?? recording?.duration].map(measure);
  const preview = uriIn(info, "thumbnail_url", "thumbnail_file");
  return {
    uri,
    name: visible(named ?? body ?? "file"),
    kind: kind === "recording" && isVoice(content) ? "voice message" : kind,
    hasCaption: named !== undefined && body !== undefined && body !== named,
    isEncrypted: uri !== text(content, "url"),
    ...(preview === undefined ? {} : { preview }),
    ...(length === undefined ? {} : { length }),
    ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
  };
}

/** The picture of a person in the content of their membership. */
export function avatarOf(content: unknown): MediaUri | undefined {
  return uriIn(content, "avatar_url");
}

/** Every file that an event names: what it brings and its preview, those of its edit, somebody's picture. */
export function filesNamedBy(type: unknown, content: unknown): readonly NamedFile[] {
  if (type === "m.room.member") {
    const uri = avatarOf(content);
    return uri === undefined ? [] : [{ uri, use: "avatar" }];
  }
  if (type !== "m.room.message" && type !== "m.sticker") return [];
  return [content, object(content, "m.new_content")].flatMap((said) => {
    const attachment = attachmentOf(type, said);
    if (attachment === undefined) return [];
    const info = object(said, "info");
    const { uri, preview } = attachment;
    const previews: readonly NamedFile[] =
      preview === undefined
        ? []
        : [{ uri: preview, use: "preview", ...claimOf(object(info, "thumbnail_info")) }];
    return [{ uri, use: "attachment", ...claimOf(info) }, ...previews];
  });
}

function claimOf(info: unknown): { readonly claimed?: string } {
  const claimed = text(info, "mimetype");
  return claimed === undefined ? {} : { claimed };
}

/** A file's URI by the member that names it; by the other one where it is encrypted. */
function uriIn(content: unknown, plain: string, encrypted?: string): MediaUri | undefined {
  const uri =
    text(content, plain) ?? (encrypted === undefined ? undefined : text(object(content, encrypted), "url"));
  return isMediaUri(uri) ? uri : undefined;
}

/** MSC3245. */
function isVoice(content: unknown): boolean {
  return object(content, "org.matrix.msc3245.voice") !== undefined;
}

/** A number that can be the length or the size of something. */
function measure(value: unknown): number | undefined {
  return typeof value === "number" && value >= 1 && value <= 1e8 ? Math.round(value) : undefined;
}
