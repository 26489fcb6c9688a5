import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster, isRunning, rolesOf } from "../incident/incident.ts";
import { inNone } from "./places.ts";
import { code, line, matrixTo, type Rich } from "./rich.ts";
import { roleLine } from "./role-line.ts";
import { clock } from "./time.ts";
import { severityName, type View } from "./view.ts";

/** Who holds which role, and which are vacant. */
export function rolesWords(incident: Incident, view: View): Rich {
  return [
    ...view.roles.map((role) => roleLine(incident, role, view)),
    ...(isRunning(incident) ? [line`To give one: ${code(`${view.prefix} role <role> @name`)}`] : []),
  ];
}

/**
 * The open incidents that somebody sees, without their titles: a list is often read over a shoulder, and the
 * link leads to the room. Administrators see those too that they are not in.
 */
export function listWords(incidents: readonly Incident[], user: UserId, via: string, view: View): Rich {
  if (incidents.length === 0) return inNone(view);
  return incidents.map((incident) => {
    const held = rolesOf(incident, user);
    const room =
      incident.room === undefined
        ? incident.id
        : { link: matrixTo(incident.room.id, undefined, via), text: incident.id };
    const outside = isOnRoster(incident, user) ? "" : " · you are not in it";
    const as = held.length === 0 ? outside : ` · you are ${held.join(", ")}`;
    return line`${room} ${severityName(incident.severity)} · ${incident.state} since ${clock(incident.declaredAt, view.timeZone)}${as}`;
  });
}
