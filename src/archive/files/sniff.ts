/** What a file is by its first bytes, whatever its sender says. */
export interface FileKind {
  /** One with which no program runs a file, so that a click on it harms nobody. */
  readonly extension: string;
  /** Its media type, in small letters and without parameters. */
  readonly type: string;
  /** Shown in the page itself: formats that every browser draws and that can carry no script. */
  readonly isPicture: boolean;
}

interface Signature extends FileKind {
  readonly marks: readonly (readonly [at: number, bytes: Buffer])[];
}

/** Where in a file which bytes stand, as text of one byte a character. */
type Marks = Readonly<Record<number, string>>;

function file(extension: string, type: string, marks: Marks, isPicture = false): Signature {
  const bytes = Object.entries(marks).map(([at, text]) => [Number(at), Buffer.from(text, "latin1")] as const);
  return { extension, type, isPicture, marks: bytes };
}

function picture(extension: string, type: string, marks: Marks): Signature {
  return file(extension, type, marks, true);
}

/** The first that fits counts. Programs keep no extension of theirs. */
const signatures: readonly Signature[] = [
  picture("png", "image/png", { 0: "\x89PNG\r\n\x1a\n" }),
  picture("jpg", "image/jpeg", { 0: "\xff\xd8\xff" }),
  picture("gif", "image/gif", { 0: "GIF87a" }),
  picture("gif", "image/gif", { 0: "GIF89a" }),
  picture("webp", "image/webp", { 0: "RIFF", 8: "WEBP" }),
  file("avif", "image/avif", { 4: "ftypavif" }),
  file("heic", "image/heic", { 4: "ftyphei" }),
  file("tiff", "image/tiff", { 0: "II*\0" }),
  file("tiff", "image/tiff", { 0: "MM\0*" }),
  file("pdf", "application/pdf", { 0: "%PDF-" }),
  file("zip", "application/zip", { 0: "PK\x03\x04" }),
  file("gz", "application/gzip", { 0: "\x1f\x8b" }),
  file("bz2", "application/x-bzip2", { 0: "BZh" }),
  file("xz", "application/x-xz", { 0: "\xfd7zXZ\0" }),
  file("zst", "application/zstd", { 0: "\x28\xb5\x2f\xfd" }),
  file("7z", "application/x-7z-compressed", { 0: "7z\xbc\xaf\x27\x1c" }),
  file("rar", "application/vnd.rar", { 0: "Rar!\x1a\x07" }),
  file("tar", "application/x-tar", { 257: "ustar" }),
  file("wav", "audio/wav", { 0: "RIFF", 8: "WAVE" }),
  file("flac", "audio/flac", { 0: "fLaC" }),
  file("ogg", "audio/ogg", { 0: "OggS" }),
  file("mp3", "audio/mpeg", { 0: "ID3" }),
  file("mp3", "audio/mpeg", { 0: "\xff\xfb" }),
  file("mov", "video/quicktime", { 4: "ftypqt" }),
  file("m4a", "audio/mp4", { 4: "ftypM4A" }),
  file("mp4", "video/mp4", { 4: "ftyp" }),
  file("webm", "video/webm", { 0: "\x1a\x45\xdf\xa3" }),
  file("bin", "application/x-msdownload", { 0: "MZ" }),
  file("bin", "application/x-executable", { 0: "\x7fELF" }),
  file("bin", "application/x-mach-binary", { 0: "\xcf\xfa\xed\xfe" }),
  file("bin", "application/x-ole-storage", { 0: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" }),
];

/** How many of a file's first bytes `sniff` wants to see. */
export const sniffedBytes = 4096;

/**
 * Tells what a file is by its first bytes. Text of any kind is called what it is, and gets the extension `txt`,
 * pages, drawings and scripts among it: so no browser ever runs what somebody uploaded.
 */
export function sniff(head: Buffer): FileKind {
  const found = signatures.find(({ marks }) =>
    marks.every(([at, bytes]) => head.subarray(at, at + bytes.length).equals(bytes)),
  );
  if (found !== undefined) {
    return { extension: found.extension, type: found.type, isPicture: found.isPicture };
  }
  const text = textOf(head);
  return text === undefined
    ? { extension: "bin", type: "application/octet-stream", isPicture: false }
    : { extension: "txt", type: typeOfText(text), isPicture: false };
}

function typeOfText(text: string): string {
  if (text.startsWith("#!")) return "text/x-shellscript";
  if (/<svg[\s>]/i.test(text)) return "image/svg+xml";
  if (/<(?:!doctype html|html|head|body|script|iframe|meta)[\s>]/i.test(text)) return "text/html";
  return /^\s*<\?xml\s/.test(text) ? "text/xml" : "text/plain";
}

/** The head as text, `undefined` where it is none. */
function textOf(head: Buffer): string | undefined {
  try {
    // `stream`: the head may end in the middle of a character.
    const text = new TextDecoder(encodingOf(head), { fatal: true }).decode(head, { stream: true });
    const isText = Array.from(text).every((character) => character >= " " || "\t\n\r\f".includes(character));
    return isText ? text : undefined;
  } catch {
    return undefined;
  }
}

/** By the byte order mark: browsers go by it whatever they are told. */
function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}
