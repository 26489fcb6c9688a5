import type { Fact } from "./fact.ts";
import type { IncidentId, UserId } from "./ids.ts";
import type { RoleName } from "./policy.ts";

/** Who did something: a person, or the service itself (a timer, the room that was put back). */
export type Actor = UserId | "cordon";

/** A fact with its circumstances, before it has its place in the chain. */
export interface Circumstances {
  readonly actor: Actor;
  /** The roles the actor held then: an archive must not need to work that out again. */
  readonly actorRoles: readonly RoleName[];
  /** When it happened, in milliseconds since the epoch: the Matrix event's time, or as stated. */
  readonly eventAt: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly recordedAt: number;
  /** What brought it about: a Matrix event id, `timer/…`, `room/…`: nothing happens twice by one cause. */
  readonly cause: string;
}

/**
 * The words of an entry, as the chain holds them: not themselves, but a digest of each. So they can be taken
 * out where their message is removed, and the chain still holds.
 */
export interface Words {
  /** Random, in hexadecimal, so that nobody finds the words by guessing; gone with them once they are removed. */
  readonly salt?: string;
  /** By the member of `data`: SHA-256, in hexadecimal, over salt, member and words. */
  readonly digests: Readonly<Record<string, string>>;
}

/** One line of an incident's journal: a fact, its circumstances and its place in the hash chain. */
export type Entry = Fact &
  Circumstances & {
    readonly incident: IncidentId;
    /** 1, 2, 3 … within the incident. */
    readonly seq: number;
    /** What the hash knows of the words that people wrote; absent where there are none. */
    readonly words?: Words;
    /** The `hash` of the entry before, sixty-four zeros for the first. */
    readonly prevHash: string;
    /** SHA-256, in hexadecimal, over the entry as `journal/chain.ts` says. */
    readonly hash: string;
  };
