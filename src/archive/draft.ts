import type { RoomRules } from "../proof/roomversion.ts";
import type { AttachmentStore } from "./attachments.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Completeness } from "./completeness.ts";
import type { RoomRecord } from "./record.ts";
import type { ArchiveSource } from "./source.ts";
import type { PlaceInTranscript } from "./transcript.ts";

/** What an archive is to be called and said to be. */
export interface Imprint {
  /** The archive's own name, and its folder's: `INC-0042--2026-11-20T190411Z`. */
  readonly name: string;
  readonly tool: { readonly name: string; readonly version: string };
  /** When the room was sealed, in milliseconds since the epoch. No other clock is asked. */
  readonly sealedAt: number;
}

/** An archive of which everything was read and judged, and which only has to be written down. */
export interface Draft {
  readonly source: ArchiveSource;
  readonly imprint: Imprint;
  readonly rules: RoomRules;
  readonly chronicle: Chronicle;
  readonly record: RoomRecord;
  readonly attachments: AttachmentStore;
  readonly placeInTranscript: PlaceInTranscript;
  readonly completeness: Completeness;
}
