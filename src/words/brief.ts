import { catchUp } from "../incident/catchup.ts";
import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { excerpt } from "../text/excerpt.ts";
import { impactTimes } from "./card.ts";
import { line, type Rich, strong } from "./rich.ts";
import { roleLines } from "./role-line.ts";
import { openTasksLine } from "./tasks.ts";
import { clock, duration } from "./time.ts";
import { recordLine } from "./timeline.ts";
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
    impact === undefined
      ? ["Impact: nobody has said yet."]
      : [`Impact: ${excerpt(impact.text)}${impactTimes(impact, view)}`],
    ...(lastUpdate === undefined
      ? []
      : [line`Last update ${clock(lastUpdate.at, view.timeZone)}: ${excerpt(lastUpdate.text)}`]),
    ...(nextUpdateAt === undefined ? [] : [[`Next update due ${clock(nextUpdateAt, view.timeZone)}.`]]),
    ...roleLines(incident, view),
    ...decisions(incident, view),
    ...openTasksLine(incident, view),
  ];
}

/** Told at most: who takes over reads the rest in the catch-up. */
const mostDecisions = 5;

/** What was decided last. */
function decisions(incident: Incident, view: View): Rich {
  const { decided } = catchUp(incident);
  if (decided.length === 0) return [];
  return [
    [strong("Decided")],
    ...decided.slice(-mostDecisions).map((item) => recordLine(item, incident, view)),
  ];
}
