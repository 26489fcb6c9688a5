import type { RoomRules } from "../proof/roomversion.ts";
import type { SigningKey } from "../proof/sshkey.ts";
import type { AttachmentStore } from "./attachments/attachments.ts";
import type { Revision, SignedRoot } from "./bag/lineage.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Completeness } from "./completeness.ts";
import type { ProvenRecord } from "./history/provewalk.ts";
import type { Maker } from "./maker.ts";
import type { RoomRecord } from "./record/record.ts";
import type { ArchiveSource } from "./source.ts";

/** What an archive is to be called and said to be. */
export interface Imprint {
  /** The archive's own name, and its folder's: `INC-0042--2026-11-20T190411Z`. */
  readonly name: string;
  readonly tool: Maker["tool"];
  /** When the room was sealed, in milliseconds since the epoch. No other clock is asked. */
  readonly sealedAt: number;
  /** Absent where this is the first archive of the incident. */
  readonly revision?: Revision;
  /** The signed roots of the archives before it, oldest first, as far as they could be found. */
  readonly lineage?: readonly SignedRoot[];
  /** The key that signs it. */
  readonly signer: SigningKey;
}

/**
 * What all that people read in an archive follows from: at hand when it is made, and again whenever somebody
 * has it and wants to know whether it does follow.
 */
export interface Material {
  readonly source: Pick<ArchiveSource, "incident" | "serverName" | "timeZone" | "roles" | "seal">;
  readonly imprint: Pick<Imprint, "name" | "sealedAt" | "revision"> & Maker;
  readonly rules: RoomRules;
  readonly chronicle: Chronicle;
  readonly record: RoomRecord;
  readonly attachments: Pick<AttachmentStore, "store" | "list">;
}

/** An archive of which everything was read and judged, and which only has to be written down. */
export interface Draft extends Material {
  readonly record: ProvenRecord;
  readonly source: ArchiveSource;
  readonly imprint: Imprint & Required<Maker>;
  /** The homeserver's answer about its keys, as it came. */
  readonly serverKeys: unknown;
  readonly completeness: Completeness;
}
