import type { EventId, RoomId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/**
 * Everything that can have happened to an incident. A fact is what the journal keeps; the state of an
 * incident is nothing but the fold of its facts. A fact once written keeps its meaning for ever: a new
 * meaning gets a new type.
 */
export type Fact =
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
  | { readonly type: "invite-failed"; readonly data: { readonly user: UserId; readonly reason: string } }
  | { readonly type: "joined"; readonly data: { readonly user: UserId } }
  | {
      readonly type: "left";
      readonly data: {
        readonly user: UserId;
        readonly vacated: readonly RoleName[];
        readonly reason?: string;
      };
    }
  | { readonly type: "intruder-removed"; readonly data: { readonly user: UserId } }
  | { readonly type: "role-offered"; readonly data: { readonly role: RoleName; readonly user: UserId } }
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
  | { readonly type: "role-declined"; readonly data: { readonly role: RoleName; readonly user: UserId } }
  | { readonly type: "role-lapsed"; readonly data: { readonly role: RoleName; readonly user: UserId } }
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
  | { readonly type: "mitigated"; readonly data: { readonly how: string } }
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
      readonly type: "drift";
      readonly data: { readonly what: string; readonly by: UserId; readonly event: EventId };
    }
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
