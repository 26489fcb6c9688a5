import type { EventId, RoomId, UserId } from "../ids.ts";

/** What happened to the incident's room, from its making to its seal and the archive. */
export type RoomFact =
  | { readonly type: "room-created"; readonly data: { readonly room: RoomId; readonly version: string } }
  | { readonly type: "room-unusable"; readonly data: { readonly room: RoomId; readonly reason: "encrypted" } }
  | {
      readonly type: "drift";
      readonly data: {
        readonly what: string;
        readonly by: UserId;
        readonly event: EventId;
        /** Who has been given the bot's own power, which up to room version 11 nobody can take back. */
        readonly beyond?: readonly UserId[];
      };
    }
  | {
      /** Somebody, or another bot, keeps changing it back: it is left alone for a while. */
      readonly type: "drift-left";
      readonly data: { readonly what: string; readonly by: UserId };
    }
  | { readonly type: "drift-resumed"; readonly data: { readonly what: string } }
  | { readonly type: "archiving"; readonly data: Record<string, never> }
  | { readonly type: "sealed"; readonly data: { readonly event: EventId } }
  | { readonly type: "archived"; readonly data: MadeArchive }
  | {
      /** Something that the seal covers was removed from the room: an archive made before holds it still. */
      readonly type: "removed-after-seal";
      readonly data: { readonly event: EventId; readonly by: UserId };
    }
  | {
      /** An archive without what was removed since the seal took the place of the one before. */
      readonly type: "revised";
      readonly data: MadeArchive & {
        /** 2 for the first of them. */
        readonly revision: number;
        /** The entry about the last removal that it takes account of. */
        readonly upTo: number;
      };
    };

/** An archive that was written and read again. */
export interface MadeArchive {
  /** The folder's name inside the archive folder. */
  readonly name: string;
  /** SHA-256 of the bag's tag manifest, in hexadecimal: the archive in one value. */
  readonly digest: string;
  readonly events: number;
  readonly verdict: "proven" | "explained-gaps" | "unproven";
}
