import type { UserId } from "../ids.ts";
import type { RoleName } from "../policy.ts";

/** Somebody who could not be invited, and why. */
export interface NotInvited {
  readonly user: UserId;
  /** The homeserver's, or `outside`: they are not among the people this service is for. */
  readonly reason: string;
}

/** Who came into the incident, and who went. */
export type PeopleFact =
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
      /** Many were invited at once, and that is done: how many of them were, and who could not be. */
      readonly type: "invitations-sent";
      readonly data: { readonly invited: number; readonly failed: readonly NotInvited[] };
    }
  | {
      /** An administrator let themselves in: break-glass. */
      readonly type: "entered";
      readonly data: { readonly user: UserId; readonly role: RoleName; readonly reason: string };
    }
  | { readonly type: "invite-failed"; readonly data: NotInvited }
  | {
      readonly type: "joined";
      readonly data: {
        readonly user: UserId;
        /** There is something that they have not been told. */
        readonly behind?: true;
      };
    }
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
  | { readonly type: "intruder-removed"; readonly data: { readonly user: UserId } };
