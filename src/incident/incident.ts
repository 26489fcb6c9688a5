import type { Actor } from "./entry.ts";
import type { CancelReason } from "./facts/course.ts";
import type { NotInvited } from "./facts/people.ts";
import type { RecordKind } from "./facts/record.ts";
import type { Concerned, Owner } from "./facts/work.ts";
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
  /** Came when there was something to catch up with, and has not been told yet. */
  readonly behind?: true;
}

/**
 * A line of the incident's own timeline: what somebody wanted to be remembered. Its number is the order in
 * which it was written; it happened at `at`.
 */
export interface TimelineItem {
  readonly number: number;
  /** The entry of the journal that it began with. */
  readonly seq: number;
  readonly kind: RecordKind | "update" | "impact" | "message";
  readonly by: Actor;
  readonly at: number;
  readonly writtenAt: number;
  /** Empty where the words were removed. */
  readonly text: string;
  /** The message that it stands for. */
  readonly message?: EventId;
  /** Who put 📌 on the message, where that is why it stands here. */
  readonly marks?: readonly UserId[];
  readonly corrected?: {
    readonly seq: number;
    readonly by: Actor;
    readonly at: number;
    /** The message that its words come from since. */
    readonly message?: EventId;
  };
  /** The line counts, but is not shown any more: 📌 was taken away, or shown without its words. */
  readonly gone?: "unmarked" | "redacted";
}

/** Something to be done. */
export interface Task {
  readonly number: number;
  readonly seq: number;
  readonly text: string;
  /** Exactly one; an item of a checklist has none until it is given to somebody. */
  readonly owner?: Owner;
  readonly dueAt?: number;
  readonly addedAt: number;
  /** When its owner was asked, or last reminded, to acknowledge it. */
  readonly askedAt?: number;
  readonly acknowledgedAt?: number;
  /** Who was reminded that it is not acknowledged. */
  readonly reminded?: "owner" | "commander";
  /** Whether it was said that it is overdue. */
  readonly overdue?: true;
  readonly state: "open" | "done" | "dropped";
  readonly ended?: { readonly at: number; readonly by: Actor; readonly text?: string };
  /** The checklist it comes from. */
  readonly playbook?: string;
}

/** Something typed that is asked about before it is done. */
export interface Held {
  readonly command: EventId;
  readonly name: string;
  readonly why: "late" | "before-impact";
  readonly sentAt: number;
  readonly by: UserId;
  /** When it was asked about. */
  readonly at: number;
}

/** What is suffered, by whom, as somebody put it; since when and until when where that was said. */
export interface Impact {
  readonly text: string;
  /** The line of the timeline that it is. */
  readonly line: number;
  readonly from?: number;
  readonly until?: number;
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
  readonly impact?: Impact;
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
  /** A crowd that is being invited: how many, and who of them could not be. */
  readonly crowd?: { readonly people: number; readonly failed: readonly NotInvited[] };
  readonly lastUpdate?: {
    readonly text: string;
    readonly at: number;
    readonly by: Actor;
    /** The line of the timeline that it is. */
    readonly line: number;
  };
  readonly nextUpdateAt?: number;
  /** Who was last reminded that the update is late, and when. */
  readonly updateReminded?: { readonly to: Concerned; readonly at: number };
  readonly timeline: readonly TimelineItem[];
  readonly tasks: readonly Task[];
  /** The checklists that were begun, by name, with their versions. */
  readonly playbooks: Readonly<Record<string, string>>;
  readonly held: readonly Held[];
  readonly mitigatedAt?: number;
  /** How often it came back after it had been mitigated. */
  readonly relapses: number;
  /** When it was over or cancelled. */
  readonly overAt?: number;
  readonly outcome?: {
    readonly summary: string;
    readonly missing: readonly RoleName[];
    readonly anyway?: string;
    /** The tasks that were still open, by number. */
    readonly tasks?: readonly number[];
  };
  /** Why it was called off. */
  readonly cancelled?: { readonly reason: CancelReason; readonly of?: IncidentId; readonly text?: string };
  /** When each part of the room was last changed by somebody else, newest last; as many as make a loop. */
  readonly drifts: Readonly<Record<string, readonly number[]>>;
  /** The parts of the room that somebody keeps changing back, and since when they are left alone. */
  readonly contested: Readonly<Record<string, number>>;
  /** From the lock of the room on: nothing a human says can come any more. */
  readonly closing?: {
    readonly since: number;
    readonly seal?: EventId;
    readonly sealedAt?: number;
    /** The last removal of something sealed that no archive takes account of: its entry, and when it was heard of. */
    readonly removal?: { readonly seq: number; readonly at: number };
  };
  readonly archive?: {
    readonly name: string;
    readonly digest: string;
    readonly verdict: string;
    /** 2 where it took the place of the first archive, and so on; absent in that one. */
    readonly revision?: number;
  };
  /**
   * The journal was put back to an older state once, the last time with the event as the newest that it did not
   * know. `name` tells what is said since from what was said before. `found`: the room was read again since,
   * and was as closed to people as the journal has it, or for no reason that it knows until somebody ends the
   * incident.
   */
  readonly restored?: {
    readonly name: string;
    readonly until: EventId;
    readonly found?: "open" | "closed";
  };
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

/** Whether a line of the timeline has words of this message. */
export function isFrom(item: TimelineItem, message: EventId): boolean {
  return item.message === message || item.corrected?.message === message;
}

/** Whether the incident still runs: nobody has said that it is over. */
export function isRunning(incident: Incident): boolean {
  return incident.state === "triage" || incident.state === "active" || incident.state === "mitigated";
}

/** Whether its journal was put back to an older state, and its room has not been read to the end since. */
export function isReadAgain({ restored }: Incident): boolean {
  return restored !== undefined && restored.found === undefined;
}
