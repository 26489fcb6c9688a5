import type { EventId, RoomId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/** What a person wants of an incident, whatever door it came through. */
export type Intent =
  | {
      readonly type: "declare";
      readonly title: string;
      readonly severity: Severity;
      readonly people: readonly UserId[];
    }
  | {
      readonly type: "invite";
      readonly users: readonly UserId[];
      readonly role?: RoleName;
      readonly reason?: string;
    }
  | { readonly type: "offer-role"; readonly role: RoleName; readonly user: UserId }
  | { readonly type: "accept-role"; readonly role?: RoleName }
  | { readonly type: "decline-role"; readonly role?: RoleName }
  | { readonly type: "change-severity"; readonly to: Severity; readonly reason: string }
  | { readonly type: "update"; readonly text: string; readonly nextMs?: number }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "mitigate"; readonly how: string }
  | { readonly type: "close"; readonly summary: string; readonly anyway?: string }
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
  | { readonly type: "member-invited"; readonly user: UserId; readonly by: UserId }
  | { readonly type: "member-joined"; readonly user: UserId }
  | { readonly type: "member-left"; readonly user: UserId; readonly by: UserId; readonly reason?: string }
  | { readonly type: "room-encrypted" }
  | { readonly type: "drifted"; readonly what: string; readonly by: UserId; readonly event: EventId }
  | { readonly type: "offer-due"; readonly role: RoleName; readonly user: UserId }
  | { readonly type: "grace-ended" }
  | { readonly type: "sealed"; readonly event: EventId }
  | {
      readonly type: "archived";
      readonly name: string;
      readonly digest: string;
      readonly events: number;
      readonly verdict: "proven" | "explained-gaps" | "unproven";
    };
