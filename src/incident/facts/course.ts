import type { IncidentId } from "../ids.ts";
import type { RoleName } from "../policy.ts";
import type { Severity } from "../severity.ts";

/** Why an incident was called off. Fixed, so that figures stay comparable between teams. */
export const cancelReasons = ["duplicate", "false-alarm", "superseded", "other"] as const;
export type CancelReason = (typeof cancelReasons)[number];

/** What became of it: its state, how bad it is, and what was said of it. */
export type CourseFact =
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
  | {
      readonly type: "impact-stated";
      readonly data: { readonly text: string; readonly from?: number; readonly until?: number };
    }
  | {
      readonly type: "mitigated";
      readonly data: { readonly how: string; readonly nextUpdateAt?: number };
    }
  | {
      readonly type: "relapsed";
      readonly data: { readonly reason: string; readonly nextUpdateAt?: number };
    }
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
        /** The tasks that were still open, by number, and were waived by that. */
        readonly tasks?: readonly number[];
      };
    }
  | {
      readonly type: "reopened";
      readonly data: { readonly reason: string; readonly nextUpdateAt?: number };
    };
