import type { CancelReason } from "./fact.ts";
import type { EventId, IncidentId, RoomId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";
import type { Severity } from "./severity.ts";

/** The six states, fixed so that figures stay comparable between teams. */
export type State = "triage" | "active" | "mitigated" | "over" | "cancelled" | "archived";

/** Someone holds a role. */
export interface Holding {
  readonly user: UserId;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Holds it only until somebody accepts it. */
  readonly acting: boolean;
}

/**
 * A role that may pass to somebody once a question is answered. `asked`: the person was asked to take it;
 * `handover`: the same, by whoever holds it, once the brief has been given; `volunteered`: the person
 * offered themselves, and whoever gives out roles is asked.
 */
export interface Offer {
  readonly kind: "asked" | "handover" | "volunteered";
  readonly role: RoleName;
  readonly user: UserId;
  readonly by: UserId;
  readonly at: number;
  readonly reminded: boolean;
  /** The brief of a handover, from when it stands in the room. */
  readonly brief?: EventId;
}

/** A required role that nobody holds. */
export interface Vacancy {
  readonly since: number;
  /** How often it has been reminded of, and when that, or else its beginning, was. */
  readonly reminders: number;
  readonly lastAt: number;
  /** Whether the administrators were told. */
  readonly reported: boolean;
}

/**
 * Where a person stands with an incident. `wanted`: the roster has them, the homeserver may not yet
 * have invited them; `failed`: it refused to.
 */
export type Standing = "wanted" | "joined" | "left" | "failed";

export interface Person {
  readonly standing: Standing;
  readonly since: number;
  /** Why the invitation failed, or why they left, where that is known. */
  readonly reason?: string;
}

/** A line of the incident's own timeline: what somebody wanted to be remembered. */
export interface TimelineItem {
  readonly seq: number;
  readonly kind: "note" | "update" | "impact";
  readonly by: UserId | "cordon";
  readonly at: number;
  readonly text: string;
}

/**
 * An incident as it stands: the fold of its journal, and nothing else. Plain data, so that the stored
 * copy and the rebuilt one can be compared.
 */
export interface Incident {
  readonly id: IncidentId;
  readonly title: string;
  readonly state: State;
  readonly severity: Severity;
  /** The worst it ever was. */
  readonly peak: Severity;
  /** What is suffered, by whom, since when, as somebody put it. */
  readonly impact?: string;
  /** Who opened it, by declaring or by reporting. */
  readonly declaredBy: UserId;
  readonly declaredAt: number;
  readonly room?: { readonly id: RoomId; readonly version: string; readonly unusable?: "encrypted" };
  readonly roles: Readonly<Record<RoleName, readonly Holding[]>>;
  /** Roles that were accepted by somebody at some time. */
  readonly filled: readonly RoleName[];
  readonly offers: readonly Offer[];
  /** The required roles that are vacant. */
  readonly vacancies: Readonly<Record<RoleName, Vacancy>>;
  /** Administrators who let themselves in. */
  readonly entered: readonly UserId[];
  readonly people: Readonly<Record<UserId, Person>>;
  /** A crowd that is being invited: how many, and how many of them could not be. */
  readonly crowd?: { readonly people: number; readonly failed: number };
  readonly lastUpdate?: { readonly text: string; readonly at: number; readonly by: UserId | "cordon" };
  readonly nextUpdateAt?: number;
  readonly timeline: readonly TimelineItem[];
  readonly mitigatedAt?: number;
  /** How often it came back after it had been mitigated. */
  readonly relapses: number;
  /** When it was over or cancelled. */
  readonly overAt?: number;
  readonly outcome?: {
    readonly summary: string;
    readonly missing: readonly RoleName[];
    readonly anyway?: string;
  };
  /** Why it was called off. */
  readonly cancelled?: { readonly reason: CancelReason; readonly of?: IncidentId; readonly text?: string };
  /** When each part of the room was last changed by somebody else, newest last; as many as make a loop. */
  readonly drifts: Readonly<Record<string, readonly number[]>>;
  /** The parts of the room that somebody keeps changing back, and since when they are left alone. */
  readonly contested: Readonly<Record<string, number>>;
  /** From the lock of the room on: nothing a human says can come any more. */
  readonly closing?: { readonly since: number; readonly seal?: EventId; readonly sealedAt?: number };
  readonly archive?: { readonly name: string; readonly digest: string; readonly verdict: string };
  /** The last entry of the journal that this state includes. */
  readonly head: { readonly seq: number; readonly hash: string };
}

/** Whether it is a handover that cannot be answered yet. */
export function awaitsBrief(offer: Offer): boolean {
  return offer.kind === "handover" && offer.brief === undefined;
}

/** Those who hold a role now. */
export function holders(incident: Incident, role: RoleName): readonly UserId[] {
  return (incident.roles[role] ?? []).map((holding) => holding.user);
}

/** The roles a person holds, in the order of the incident's record. */
export function rolesOf(incident: Incident, user: UserId | "cordon"): readonly RoleName[] {
  return Object.entries(incident.roles)
    .filter(([, holdings]) => holdings.some((holding) => holding.user === user))
    .map(([role]) => role);
}

/** Whether a person is expected in the room: invited by the roster, or there. */
export function isOnRoster(incident: Incident, user: UserId): boolean {
  const standing = incident.people[user]?.standing;
  return standing === "wanted" || standing === "joined";
}

/** Whether the incident still runs: nobody has said that it is over. */
export function isRunning(incident: Incident): boolean {
  return incident.state === "triage" || incident.state === "active" || incident.state === "mitigated";
}
