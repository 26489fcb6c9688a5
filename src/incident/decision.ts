import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import type { Policy } from "./policy.ts";
import type { Refusal } from "./refusal.ts";

/** What decide needs to know of the world: it has no clock and no configuration of its own. */
export interface Context {
  /** Who wants it. */
  readonly actor: UserId;
  /** When they said so, in milliseconds since the epoch. */
  readonly at: number;
  readonly policy: Policy;
  /** Whether the actor was asked, and has said that it is meant so. */
  readonly confirmed?: boolean;
  /** When people last wrote in the incident's room, as far as that is known; milliseconds since the epoch. */
  readonly heard?: Readonly<Record<UserId, number>>;
}

/** What follows from an intent: facts for the journal, or the reason why nothing does. */
export type Decision = readonly Fact[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return "refused" in decision;
}
