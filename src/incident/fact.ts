import type { EventId, IncidentId, RoomId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/** Why an incident was called off. Fixed, so that figures stay comparable between teams. */
export const cancelReasons = ["duplicate", "false-alarm", "superseded", "other"] as const;
export type CancelReason = (typeof cancelReasons)[number];

/** A question about a role that came to nothing. */
interface Unanswered {
  readonly role: RoleName;
  readonly user: UserId;
  /** The person had offered themselves, and was not confirmed. */
  readonly volunteered?: true;
}

/**
 * Everything that can have happened to an incident. A fact is what the journal keeps; the state of an
 * incident is nothing but the fold of its facts. A fact once written keeps its meaning for ever: a new
 * meaning gets a new type.
 */
export type Fact =
  | {
      readonly type: "reported";
      readonly data: {
        readonly title: string;
        /** The role the reporter holds from the first second, `acting` until somebody accepts it. */
        readonly role: RoleName;
      };
    }
  | {
      /** What was reported is an incident. */
      readonly type: "activated";
      readonly data: { readonly severity: Severity; readonly nextUpdateAt?: number };
    }
  | {
      readonly type: "declared";
      readonly data: {
        readonly title: string;
        readonly severity: Severity;
        /** The role the declarer holds from the first second, `acting` until somebody accepts it. */
        readonly role: RoleName;
        readonly nextUpdateAt?: number;
      };
    }
  | { readonly type: "room-created"; readonly data: { readonly room: RoomId; readonly version: string } }
  | { readonly type: "room-unusable"; readonly data: { readonly room: RoomId; readonly reason: "encrypted" } }
  | {
      readonly type: "invited";
      readonly data: { readonly user: UserId; readonly role?: RoleName; readonly reason?: string };
    }
  | {
      /** An invitation that somebody made in their client and was not entitled to make. */
      readonly type: "invitation-withdrawn";
      readonly data: { readonly user: UserId; readonly by: UserId };
    }
  | {
      /** Many are to be invited at once, which takes a while. */
      readonly type: "crowd-invited";
      readonly data: { readonly people: number };
    }
  | {
      /** Many were invited at once, and that is done: how many of them were, and how many could not be. */
      readonly type: "invitations-sent";
      readonly data: { readonly invited: number; readonly failed: number };
    }
  | {
      /** An administrator let themselves in: break-glass. */
      readonly type: "entered";
      readonly data: { readonly user: UserId; readonly role: RoleName; readonly reason: string };
    }
  | { readonly type: "invite-failed"; readonly data: { readonly user: UserId; readonly reason: string } }
  | { readonly type: "joined"; readonly data: { readonly user: UserId } }
  | {
      readonly type: "left";
      readonly data: {
        readonly user: UserId;
        readonly vacated: readonly RoleName[];
        readonly reason?: string;
        /** Who took them out, where it was not their own doing. */
        readonly by?: UserId;
      };
    }
  | {
      readonly type: "removed";
      readonly data: {
        readonly user: UserId;
        readonly vacated: readonly RoleName[];
        readonly reason: string;
      };
    }
  | { readonly type: "intruder-removed"; readonly data: { readonly user: UserId } }
  | { readonly type: "role-offered"; readonly data: { readonly role: RoleName; readonly user: UserId } }
  | { readonly type: "role-volunteered"; readonly data: { readonly role: RoleName; readonly user: UserId } }
  | {
      /** The holder wants to pass the role on. It can be accepted once the brief has been given. */
      readonly type: "handover-begun";
      readonly data: { readonly role: RoleName; readonly user: UserId };
    }
  | {
      readonly type: "handover-briefed";
      readonly data: { readonly role: RoleName; readonly user: UserId; readonly brief: EventId };
    }
  | { readonly type: "role-reminded"; readonly data: { readonly role: RoleName; readonly user: UserId } }
  | {
      readonly type: "role-accepted";
      readonly data: {
        readonly role: RoleName;
        readonly user: UserId;
        /** Who held it until now and loses it by this very fact. */
        readonly from?: UserId;
      };
    }
  | { readonly type: "role-declined"; readonly data: Unanswered }
  | { readonly type: "role-lapsed"; readonly data: Unanswered }
  | {
      /** Somebody else has the role by now, so the question has lost its sense. */
      readonly type: "offer-withdrawn";
      readonly data: { readonly role: RoleName; readonly user: UserId };
    }
  | {
      readonly type: "role-released";
      readonly data: {
        readonly role: RoleName;
        readonly user: UserId;
        /** The role that may not be held together with it, where that is why. */
        readonly excludedBy?: RoleName;
      };
    }
  | {
      readonly type: "role-taken-over";
      readonly data: {
        readonly role: RoleName;
        readonly user: UserId;
        readonly from?: UserId;
        readonly reason: string;
      };
    }
  | { readonly type: "role-vacant"; readonly data: { readonly role: RoleName } }
  | { readonly type: "vacancy-reminded"; readonly data: { readonly role: RoleName } }
  | {
      /** The administrators were told that nobody has taken the role. */
      readonly type: "vacancy-reported";
      readonly data: { readonly role: RoleName };
    }
  | {
      /** The role is still vacant, but not needed any more. */
      readonly type: "vacancy-ended";
      readonly data: { readonly role: RoleName };
    }
  | {
      readonly type: "severity-changed";
      readonly data: {
        readonly from: Severity;
        readonly to: Severity;
        readonly reason: string;
        readonly nextUpdateAt?: number;
      };
    }
  | { readonly type: "updated"; readonly data: { readonly text: string; readonly nextUpdateAt?: number } }
  | { readonly type: "noted"; readonly data: { readonly text: string } }
  | {
      readonly type: "title-changed";
      readonly data: { readonly from: string; readonly to: string };
    }
  | { readonly type: "impact-stated"; readonly data: { readonly text: string } }
  | { readonly type: "mitigated"; readonly data: { readonly how: string } }
  | { readonly type: "relapsed"; readonly data: { readonly reason: string } }
  | {
      readonly type: "cancelled";
      readonly data: {
        readonly reason: CancelReason;
        /** The incident that this one is a duplicate of. */
        readonly of?: IncidentId;
        readonly text?: string;
      };
    }
  | {
      readonly type: "over";
      readonly data: {
        readonly summary: string;
        /** Required roles that nobody ever accepted, named because the incident was closed all the same. */
        readonly missing: readonly RoleName[];
        readonly anyway?: string;
      };
    }
  | {
      readonly type: "reopened";
      readonly data: { readonly reason: string; readonly nextUpdateAt?: number };
    }
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
  | {
      readonly type: "archived";
      readonly data: {
        /** The folder's name inside the archive folder. */
        readonly name: string;
        /** SHA-256 of the bag's tag manifest, in hexadecimal: the archive in one value. */
        readonly digest: string;
        readonly events: number;
        readonly verdict: "proven" | "explained-gaps" | "unproven";
      };
    };

export type FactOf<T extends Fact["type"]> = Extract<Fact, { readonly type: T }>;
