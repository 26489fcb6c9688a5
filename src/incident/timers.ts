import type { Incident } from "./incident.ts";
import type { Observation } from "./intent.ts";
import type { Policy } from "./policy.ts";

/** A moment at which an incident has to be looked at again. */
export interface Timer {
  /** Unique within the incident, and stable: the same wait has the same key. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** What the service observes when the moment has come. */
  readonly brings: Observation;
}

/**
 * The timers an incident needs as it stands: computed whole after every change, so that none is forgotten
 * and none survives its reason.
 */
export function timersOf(incident: Incident, policy: Policy): readonly Timer[] {
  const offers = incident.offers.map((offer) => ({
    key: `offer/${offer.role}/${offer.user}/${offer.reminded ? 2 : 1}`,
    dueAt: offer.at + policy.acceptWithinMs,
    brings: { type: "offer-due", role: offer.role, user: offer.user } as const,
  }));
  const grace =
    incident.overAt !== undefined && incident.state === "over" && incident.closing === undefined
      ? [{ key: "grace", dueAt: incident.overAt + policy.graceMs, brings: { type: "grace-ended" } as const }]
      : [];
  return [...offers, ...grace];
}
