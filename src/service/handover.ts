import { awaitsBrief } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { eventOf } from "../journal/outbox.ts";
import { changeIncident } from "./change.ts";
import { briefKey, momentOf, type Service } from "./service.ts";

/**
 * Lets the handovers go on whose brief stands in the room by now: only then can they be accepted.
 *
 * @returns whether any did
 */
export async function goOnBriefed(service: Service, { incident }: StoredIncident): Promise<boolean> {
  let moved = false;
  for (const offer of incident.offers.filter(awaitsBrief)) {
    const { role, user } = offer;
    const key = briefKey(incident.id, offer);
    const brief = await eventOf(service.db, key);
    if (brief === undefined) continue;
    const occasion = { cause: `brief/${key}`, actor: "cordon", eventAt: service.now() } as const;
    await changeIncident(service, incident.id, occasion, (stored) => ({
      facts:
        stored === undefined
          ? []
          : observe(stored.incident, { type: "brief-given", role, user, brief }, momentOf(service)),
    }));
    moved = true;
  }
  return moved;
}
