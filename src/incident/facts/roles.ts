import type { EventId, UserId } from "../ids.ts";
import type { RoleName } from "../policy.ts";

/** A question about a role that came to nothing. */
interface Unanswered {
  readonly role: RoleName;
  readonly user: UserId;
  /** The person had offered themselves, and was not confirmed. */
  readonly volunteered?: true;
}

/** Who was asked to take a role, who took it, and which were vacant. */
export type RoleFact =
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
    };
