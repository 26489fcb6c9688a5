import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { excerpt } from "../text/excerpt.ts";
import { line, type Rich } from "./rich.ts";
import { roleLines } from "./role-line.ts";
import { clock, duration } from "./time.ts";
import { person, severityName, type View } from "./view.ts";

/** What somebody needs to know who is to take a role over: it stands in the room before they can accept. */
export function briefWords(
  incident: Incident,
  to: { readonly user: UserId; readonly at: number },
  view: View,
): Rich {
  const { lastUpdate, nextUpdateAt, impact } = incident;
  return [
    line`Brief for ${person(to.user, view)}: ${severityName(incident.severity)}, ${incident.state}, ${duration(to.at - incident.declaredAt)} since it began.`,
    impact === undefined ? ["Impact: nobody has said yet."] : [`Impact: ${excerpt(impact)}`],
    ...(lastUpdate === undefined
      ? []
      : [line`Last update ${clock(lastUpdate.at, view.timeZone)}: ${excerpt(lastUpdate.text)}`]),
    ...(nextUpdateAt === undefined ? [] : [[`Next update due ${clock(nextUpdateAt, view.timeZone)}.`]]),
    ...roleLines(incident, view),
  ];
}
