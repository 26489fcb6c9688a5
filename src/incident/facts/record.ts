import type { EventId, UserId } from "../ids.ts";

/**
 * What can be put on the record, and what it is called. A new kind is a line here, and one in
 * `chat/commands/record.ts` that says how it is typed.
 */
export const recordNames = {
  note: "note",
  decision: "decision",
  fact: "fact",
  ruledout: "ruled out",
} as const;
export type RecordKind = keyof typeof recordNames;
export const recordKinds = Object.keys(recordNames).filter((kind): kind is RecordKind => kind in recordNames);

/** What was put on the timeline, corrected, or taken from it. */
export type RecordFact =
  | {
      readonly type: "recorded";
      readonly data: {
        readonly kind: RecordKind;
        readonly text: string;
        /** When it happened, in milliseconds since the epoch, where that was said; else when it was written. */
        readonly happenedAt?: number;
      };
    }
  | {
      /** A line of the timeline is superseded; what it said before stays in the journal. */
      readonly type: "corrected";
      readonly data: {
        /** The number of the line on the timeline. */
        readonly line: number;
        readonly text: string;
        readonly happenedAt?: number;
      };
    }
  | {
      /** Somebody put a message of the room on the timeline. */
      readonly type: "marked";
      readonly data: {
        readonly message: EventId;
        readonly sender: UserId;
        readonly text: string;
        /** When the message was sent, in milliseconds since the epoch. */
        readonly sentAt: number;
      };
    }
  | { readonly type: "unmarked"; readonly data: { readonly message: EventId } }
  | {
      /** Somebody had a message removed that is not theirs. */
      readonly type: "redaction-ordered";
      readonly data: { readonly message: EventId; readonly reason: string };
    }
  | {
      /** A message that stands on the timeline was removed: its words go, its line stays. */
      readonly type: "words-removed";
      readonly data: { readonly message: EventId; readonly by: UserId };
    }
  | {
      /** Something was typed that is asked about before it is done. */
      readonly type: "command-held";
      readonly data: {
        readonly command: EventId;
        /** What was typed, the command's name alone. */
        readonly name: string;
        readonly why: "late" | "before-impact";
        readonly sentAt: number;
      };
    }
  | {
      readonly type: "command-answered";
      readonly data: { readonly command: EventId; readonly answer: "confirmed" | "dropped" | "expired" };
    }
  | { readonly type: "caught-up"; readonly data: { readonly user: UserId } };
