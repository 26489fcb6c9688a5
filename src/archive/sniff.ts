/** What a file is by its first bytes, whatever its sender says. */
export interface FileKind {
  readonly extension: string;
  readonly type: string;
  /** Shown in the page itself: formats that every browser draws and that can carry no script. */
  readonly isPicture: boolean;
}

interface Signature extends FileKind {
  readonly at: number;
  readonly bytes: Buffer;
}

function signature(extension: string, type: string, bytes: string, at = 0, isPicture = false): Signature {
  return { extension, type, isPicture, at, bytes: Buffer.from(bytes, "latin1") };
}

const signatures: readonly Signature[] = [
  signature("png", "image/png", "\x89PNG\r\n\x1a\n", 0, true),
  signature("jpg", "image/jpeg", "\xff\xd8\xff", 0, true),
  signature("gif", "image/gif", "GIF8", 0, true),
  signature("webp", "image/webp", "WEBP", 8, true),
  signature("pdf", "application/pdf", "%PDF-"),
  signature("zip", "application/zip", "PK\x03\x04"),
  signature("gz", "application/gzip", "\x1f\x8b"),
  signature("wav", "audio/wav", "WAVE", 8),
  signature("ogg", "audio/ogg", "OggS"),
  signature("mp3", "audio/mpeg", "ID3"),
  signature("mp4", "video/mp4", "ftyp", 4),
  signature("webm", "video/webm", "\x1a\x45\xdf\xa3"),
];

/** How many of a file's first bytes `sniff` wants to see. */
export const sniffedBytes = 4096;

/**
 * Tells what a file is by its first bytes. Text of any kind, pages and scripts among it, becomes `txt`, so
 * that no browser ever runs what somebody uploaded.
 */
export function sniff(head: Buffer): FileKind {
  const found = signatures.find(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes));
  if (found !== undefined) {
    return { extension: found.extension, type: found.type, isPicture: found.isPicture };
  }
  return isText(head)
    ? { extension: "txt", type: "text/plain", isPicture: false }
    : { extension: "bin", type: "application/octet-stream", isPicture: false };
}

function isText(head: Buffer): boolean {
  try {
    // `stream`: the head may end in the middle of a character.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return Array.from(text).every((character) => character >= " " || "\t\n\r\f".includes(character));
  } catch {
    return false;
  }
}
