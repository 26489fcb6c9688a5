import type { UserId } from "./ids.ts";
import type { State } from "./incident.ts";
import type { IntentType } from "./intent.ts";
import type { Who } from "./permissions.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/**
 * Why an intent was not carried out: a stable code, and what is needed to say it in words.
 * Nothing has changed when one of these is given.
 */
export type Refusal =
  /** The actor is not of this incident: for them it does not exist. */
  | { readonly refused: "unseen" }
  | { readonly refused: "may-not-declare" }
  | {
      readonly refused: "not-entitled";
      readonly intent: IntentType;
      readonly who: Who;
      /** Who could do it now. */
      readonly holders: readonly UserId[];
    }
  | { readonly refused: "wrong-state"; readonly intent: IntentType; readonly state: State }
  | { readonly refused: "closing" }
  | { readonly refused: "room-unusable"; readonly reason: "encrypted" }
  | { readonly refused: "unknown-role"; readonly role: string }
  | {
      readonly refused: "not-eligible";
      readonly role: RoleName;
      readonly user: UserId;
      readonly eligible: readonly string[];
    }
  | { readonly refused: "outsider"; readonly user: UserId }
  | { readonly refused: "excluded"; readonly role: RoleName; readonly user: UserId; readonly other: RoleName }
  | { readonly refused: "already-holder"; readonly role: RoleName; readonly user: UserId }
  | { readonly refused: "already-offered"; readonly role: RoleName; readonly user: UserId }
  | { readonly refused: "already-there"; readonly user: UserId }
  | { readonly refused: "no-offer"; readonly role?: RoleName }
  | { readonly refused: "several-offers"; readonly roles: readonly RoleName[] }
  | { readonly refused: "same-severity"; readonly severity: Severity }
  | { readonly refused: "roles-missing"; readonly roles: readonly RoleName[] };

export type RefusalCode = Refusal["refused"];
