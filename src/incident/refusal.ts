import type { Owner } from "./facts/work.ts";
import type { UserId } from "./ids.ts";
import type { State, Task } from "./incident.ts";
import type { IntentType } from "./intent.ts";
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
      /** The roles that may, and who holds them now. */
      readonly roles: readonly RoleName[];
      readonly holders: readonly UserId[];
      /** From when the actor can take command, where only the commander may and has fallen silent. */
      readonly takeoverFrom?: number;
    }
  /** An administrator who sees the incident, but is not in it. */
  | { readonly refused: "enter-first" }
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
  | { readonly refused: "not-there"; readonly user: UserId }
  /** Nobody takes themselves, or their commander, out of an incident. */
  | { readonly refused: "not-to-be-removed"; readonly user: UserId }
  | { readonly refused: "no-offer"; readonly role?: RoleName }
  | { readonly refused: "brief-first"; readonly role: RoleName }
  | { readonly refused: "no-volunteer"; readonly role: RoleName; readonly user: UserId }
  | { readonly refused: "already-volunteered"; readonly role: RoleName }
  /** The role is somebody else's to pass on. */
  | { readonly refused: "not-yours"; readonly role?: RoleName; readonly holders: readonly UserId[] }
  | { readonly refused: "several-roles"; readonly roles: readonly RoleName[] }
  | { readonly refused: "hand-over-instead"; readonly role: RoleName }
  | { readonly refused: "plain-role"; readonly role: RoleName }
  | { readonly refused: "takeover-of-command-only"; readonly role: RoleName }
  | { readonly refused: "not-silent"; readonly commander: UserId; readonly takeoverFrom: number }
  /** The tasks that are still to be done, or to be waived. */
  | { readonly refused: "tasks-open"; readonly tasks: readonly number[] }
  | { readonly refused: "no-line"; readonly line: number; readonly lines: number }
  /** A question: it is done once it is confirmed. */
  | { readonly refused: "before-impact"; readonly at: number; readonly from: number }
  | { readonly refused: "ends-before-it-begins"; readonly from: number; readonly until: number }
  | { readonly refused: "no-task"; readonly task: number; readonly open: readonly number[] }
  | { readonly refused: "task-ended"; readonly task: number; readonly state: Task["state"] }
  | { readonly refused: "not-owner"; readonly task: number; readonly owner: Owner | undefined }
  | { readonly refused: "several-owners"; readonly role: RoleName; readonly holders: readonly UserId[] }
  | { readonly refused: "reason-too-short"; readonly least: number }
  | { readonly refused: "same-title" }
  | { readonly refused: "duplicate-of-itself" }
  | { readonly refused: "several-offers"; readonly roles: readonly RoleName[] }
  | { readonly refused: "same-severity"; readonly severity: Severity }
  | { readonly refused: "roles-missing"; readonly roles: readonly RoleName[] };

export type RefusalCode = Refusal["refused"];
