import type { EventId, UserId } from "../ids.ts";
import type { RoleName } from "../policy.ts";

/** What became of an incident whose journal was put back to an older state, as from a backup. */
export type RestoreFact =
  | {
      /**
       * The room knows of entries that this journal does not have: those behind the entry before this one. What
       * follows is read from the room again.
       */
      readonly type: "restored";
      readonly data: {
        /** The newest message of the service that the journal did not know of. */
        readonly until: EventId;
        /** The furthest head of the lost journal that the room is a witness to; absent where none is left. */
        readonly lost?: {
          readonly seq: number;
          readonly hash: string;
          /** The newest message that is a witness to any of it. */
          readonly event: EventId;
        };
      };
    }
  | {
      /** Everything that the room tells has been read again. */
      readonly type: "room-found";
      readonly data: {
        /** What of the room is not as the journal now has it, in words: `topic`, `power levels`. */
        readonly differs: readonly string[];
        /** Roles that are held as the room shows it, and not as could be read from what was said. */
        readonly roles?: Readonly<Record<RoleName, readonly UserId[]>>;
        /** The room is closed to people, and the journal does not know why. */
        readonly closed?: true;
      };
    };
