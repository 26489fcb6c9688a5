import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltArchive } from "../../src/archive/build.ts";
import type { Media } from "../../src/archive/source.ts";
import { temporaryFolder } from "../support/folder.ts";
import { make } from "./made.ts";
import type { SyntheticRoom } from "./synthetic.ts";

/** Files by their URI: what they hold, or why they are not there. */
export type Files = Readonly<Record<string, string | Buffer | { readonly missing: string }>>;

/** A picture of one pixel. */
export const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

export function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Seals a room and makes its archive. Its files lie in a folder, as the service keeps them. */
export async function archiveWith(room: SyntheticRoom, files: Files): Promise<BuiltArchive> {
  const folder = await temporaryFolder();
  const media = new Map<string, Media>();
  for (const [uri, content] of Object.entries(files)) {
    const isThere = typeof content === "string" || Buffer.isBuffer(content);
    media.set(uri, isThere ? await put(folder, content) : content);
  }
  const source = room.source({ seal: room.seal() });
  return make({ ...source, media: async (uri) => media.get(uri) ?? { missing: "never fetched" } }, folder);
}

async function put(folder: string, content: string | Buffer): Promise<Media> {
  const sha256 = hashOf(content);
  const path = join(folder, sha256);
  await writeFile(path, content);
  return { path, sha256, bytes: Buffer.byteLength(content) };
}
