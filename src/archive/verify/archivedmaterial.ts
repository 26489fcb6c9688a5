import type { MediaUri } from "../../matrix/ids.ts";
import { isJson, type Json } from "../../proof/redaction.ts";
import { roomRules } from "../../proof/roomversion.ts";
import type { Stored } from "../attachments/attachments.ts";
import type { ReadManifest } from "../bag/manifest.ts";
import { readChronicle } from "../chronicle.ts";
import type { Material } from "../draft.ts";
import { linesOf, parsed } from "../files/lines.ts";
import { type FileKind, sniff, sniffedBytes } from "../files/sniff.ts";
import type { ArchiveFiles } from "../opened/archivefiles.ts";
import { DoesNotHold } from "../opened/level.ts";
import type { RoomRecord } from "../record/record.ts";
import { journalIn } from "./checkjournal.ts";

type Id = `$${string}`;

/**
 * Reads back from an archive what all that people read in it follows from, besides the `record` of its events.
 * @throws DoesNotHold, or what a file that is another than it should be makes anybody throw.
 */
export async function readMaterial(
  files: ArchiveFiles,
  manifest: ReadManifest,
  record: RoomRecord,
): Promise<Material> {
  const { seal, serverName, timeZone, roles, name, sealedAt, revision, tool, renderer } = manifest;
  const chronicle = await readChronicle(journalIn(files, manifest.incident));
  return {
    source: {
      incident: chronicle.incident,
      serverName,
      timeZone,
      roles,
      ...(seal === undefined ? {} : { seal }),
    },
    imprint: {
      name,
      sealedAt,
      tool,
      ...(renderer === undefined ? {} : { renderer }),
      ...(revision === undefined ? {} : { revision }),
    },
    rules: roomRules(manifest.roomVersion),
    chronicle,
    record,
    attachments: await ArchivedAttachments.of(files),
  };
}

/** What `redactions.ndjson` knows and the events do not: edits that went along, and redactions after the seal. */
export async function redactionsIn(
  files: ArchiveFiles,
): Promise<{ readonly withdrawn: ReadonlyMap<Id, Id>; readonly later: ReadonlyMap<Id, Json> }> {
  const withdrawn = new Map<Id, Id>();
  const later = new Map<Id, Json>();
  for await (const { because, target, of, redaction, pdu } of jsonLines(files, "data/redactions.ndjson")) {
    if (because === "edit-of-redacted" && isId(target) && isId(of)) withdrawn.set(target, of);
    if (isId(redaction) && isJson(pdu)) later.set(redaction, pdu);
  }
  return { withdrawn, later };
}

/** The attachments of an archive, as the store that brought them there gave them. */
class ArchivedAttachments {
  readonly #files: ArchiveFiles;
  readonly #lines: ReadonlyMap<string, Json>;
  readonly #kinds = new Map<string, FileKind>();

  private constructor(files: ArchiveFiles, lines: ReadonlyMap<string, Json>) {
    this.#files = files;
    this.#lines = lines;
  }

  static async of(files: ArchiveFiles): Promise<ArchivedAttachments> {
    const lines = new Map<string, Json>();
    for await (const line of jsonLines(files, media))
      if (typeof line.uri === "string") lines.set(line.uri, line);
    return new ArchivedAttachments(files, lines);
  }

  async store(uri: MediaUri): Promise<Stored> {
    const { path, sha256, bytes, missing } = this.#lines.get(uri) ?? {};
    if (typeof missing === "string") return { missing };
    if (typeof path !== "string" || typeof sha256 !== "string" || typeof bytes !== "number") {
      throw new DoesNotHold({ file: media, reason: `it does not say what became of ${uri}` });
    }
    return { path, sha256, bytes, ...(await this.#kindOf(path)) };
  }

  list(): readonly Json[] {
    return [...this.#lines.values()];
  }

  async #kindOf(path: string): Promise<FileKind> {
    const known = this.#kinds.get(path);
    if (known !== undefined) return known;
    let head = Buffer.alloc(0);
    for await (const chunk of this.#files.open(`data/${path}`)) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= sniffedBytes) break;
    }
    const kind = sniff(head.subarray(0, sniffedBytes));
    this.#kinds.set(path, kind);
    return kind;
  }
}

const media = "data/media.ndjson";

async function* jsonLines(files: ArchiveFiles, path: string): AsyncGenerator<Json> {
  if (!files.paths.has(path)) return;
  for await (const line of linesOf(files.open(path))) {
    const value = parsed(line);
    if (isJson(value)) yield value;
  }
}

function isId(value: unknown): value is Id {
  return typeof value === "string" && value.startsWith("$");
}
