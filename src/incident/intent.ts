import type { FactOf } from "./fact.ts";
import type { CancelReason } from "./facts/course.ts";
import type { RecordKind } from "./facts/record.ts";
import type { MadeArchive } from "./facts/room.ts";
import type { Owner } from "./facts/work.ts";
import type { EventId, IncidentId, RoomId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/** What a person wants of an incident, whatever door it came through. */
export type Intent =
  | { readonly type: "report"; readonly title: string }
  | {
      readonly type: "declare";
      readonly title: string;
      readonly severity: Severity;
      readonly people: readonly UserId[];
    }
  | { readonly type: "activate"; readonly severity?: Severity; readonly people: readonly UserId[] }
  | {
      readonly type: "cancel";
      readonly reason: CancelReason;
      readonly of?: IncidentId;
      readonly text?: string;
    }
  | { readonly type: "enter"; readonly reason: string }
  | { readonly type: "remove"; readonly user: UserId; readonly reason: string }
  | {
      readonly type: "invite";
      readonly users: readonly UserId[];
      readonly role?: RoleName;
      readonly reason?: string;
    }
  | { readonly type: "offer-role"; readonly role: RoleName; readonly user: UserId }
  | { readonly type: "accept-role"; readonly role?: RoleName }
  | { readonly type: "decline-role"; readonly role?: RoleName }
  | { readonly type: "volunteer"; readonly role: RoleName }
  /** The answer to somebody who volunteered. */
  | { readonly type: "confirm-role"; readonly role: RoleName; readonly user: UserId }
  | { readonly type: "refuse-role"; readonly role: RoleName; readonly user: UserId }
  /** Without a role it is the one that the actor holds. */
  | { readonly type: "handover"; readonly role?: RoleName; readonly user: UserId }
  | { readonly type: "takeover"; readonly role: RoleName; readonly reason: string }
  | { readonly type: "release-role"; readonly role?: RoleName }
  | { readonly type: "change-title"; readonly title: string }
  | {
      readonly type: "state-impact";
      readonly text: string;
      /** Milliseconds since the epoch, as all moments here. */
      readonly from?: number;
      readonly until?: number;
    }
  | { readonly type: "change-severity"; readonly to: Severity; readonly reason: string }
  | { readonly type: "update"; readonly text: string; readonly nextMs?: number }
  | {
      readonly type: "record";
      readonly kind: RecordKind;
      readonly text: string;
      /** When it happened, where that is not now. */
      readonly at?: number;
    }
  | { readonly type: "correct"; readonly line: number; readonly text: string; readonly at?: number }
  | {
      readonly type: "redact";
      readonly message: EventId;
      /** The room that the message's link names, where it was given by one. */
      readonly room?: RoomId;
      readonly reason: string;
    }
  | {
      readonly type: "mark";
      readonly message: EventId;
      readonly sender: UserId;
      readonly text: string;
      readonly sentAt: number;
    }
  | { readonly type: "unmark"; readonly message: EventId }
  | { readonly type: "add-task"; readonly owner: Owner; readonly text: string; readonly dueAt?: number }
  | { readonly type: "give-task"; readonly task: number; readonly owner: Owner }
  | { readonly type: "acknowledge-task"; readonly task: number }
  | { readonly type: "finish-task"; readonly task: number; readonly text?: string }
  | { readonly type: "drop-task"; readonly task: number; readonly reason: string }
  | { readonly type: "mitigate"; readonly how: string }
  | { readonly type: "relapse"; readonly reason: string }
  | { readonly type: "close"; readonly summary: string; readonly anyway?: string }
  | { readonly type: "reopen"; readonly reason: string }
  | { readonly type: "archive" };

export type IntentType = Intent["type"];

/** What the service saw or did: the room, the clock and the archive speaking, not a person's wish. */
export type Observation =
  | {
      readonly type: "room-created";
      readonly room: RoomId;
      readonly version: string;
      readonly encrypted: boolean;
    }
  | { readonly type: "invite-refused"; readonly user: UserId; readonly reason: string }
  /** Everyone who was to be invited has been, or cannot be. */
  | { readonly type: "invitations-sent" }
  | { readonly type: "member-invited"; readonly user: UserId; readonly by: UserId }
  | { readonly type: "member-joined"; readonly user: UserId }
  | { readonly type: "member-left"; readonly user: UserId; readonly by: UserId; readonly reason?: string }
  | { readonly type: "room-encrypted" }
  | {
      readonly type: "drifted";
      readonly what: string;
      readonly by: UserId;
      readonly event: EventId;
      /** Who has been given the bot's own power by it. */
      readonly beyond?: readonly UserId[];
    }
  /** What is contested has been left alone long enough. */
  | { readonly type: "drift-rested"; readonly what: string }
  | {
      readonly type: "brief-given";
      readonly role: RoleName;
      readonly user: UserId;
      readonly brief: EventId;
    }
  | { readonly type: "offer-due"; readonly role: RoleName; readonly user: UserId }
  | { readonly type: "vacancy-due"; readonly role: RoleName }
  | { readonly type: "update-due" }
  | { readonly type: "task-unanswered"; readonly task: number }
  | { readonly type: "tasks-due" }
  | { readonly type: "held-expired"; readonly command: EventId }
  /** A message of the room was removed, by whomever. */
  | {
      readonly type: "message-removed";
      readonly message: EventId;
      readonly by: UserId;
      /** Whether the journal holds words from it. */
      readonly spoken: boolean;
      /** Whether the seal covers it. */
      readonly sealed?: boolean;
    }
  | { readonly type: "caught-up"; readonly user: UserId }
  /** The room knows more than the journal. */
  | ({ readonly type: "restored" } & FactOf<"restored">["data"])
  | ({ readonly type: "room-found" } & FactOf<"room-found">["data"])
  | { readonly type: "grace-ended" }
  | { readonly type: "sealed"; readonly event: EventId }
  | ({ readonly type: "archived" } & MadeArchive)
  /** An archive was made that leaves out all removals up to that entry. */
  | ({ readonly type: "revised"; readonly upTo: number } & MadeArchive);
