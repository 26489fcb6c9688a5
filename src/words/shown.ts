import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster, isRunning, type Person, rolesOf } from "../incident/incident.ts";
import { isPlain } from "../incident/policy.ts";
import { inNone } from "./places.ts";
import { code, firstThatFit, joined, line, matrixTo, type Rich, type Span, strong } from "./rich.ts";
import { roleLine } from "./role-line.ts";
import { clock } from "./time.ts";
import { listed, person, severityName, type View } from "./view.ts";

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
 *
 * @param incidents the newest of them
 * @param inAll how many there are
 */
export function listWords(
  incidents: readonly Incident[],
  user: UserId,
  view: View,
  inAll = incidents.length,
): Rich {
  const [newest] = incidents;
  if (newest === undefined) return inNone(view);
  const lines = firstThatFit(incidents.map((incident) => listLine(incident, user, view)));
  if (lines.length === inAll) return lines;
  const ask = code(`${view.prefix} status ${newest.id}`);
  return [...lines, line`and ${inAll - lines.length} older ones. To see one by its id: ${ask}`];
}

function listLine(incident: Incident, user: UserId, view: View): readonly Span[] {
  const held = rolesOf(incident, user);
  const room =
    incident.room === undefined
      ? incident.id
      : { link: matrixTo(incident.room.id, undefined, view.server), text: incident.id };
  const outside = isOnRoster(incident, user) ? "" : " · you are not in it";
  const as = held.length === 0 ? outside : ` · you are ${held.join(", ")}`;
  return line`${room} ${severityName(incident.severity)} · ${incident.state} since ${clock(incident.declaredAt, view.timeZone)}${as}`;
}

/** Who is here, who is invited, and who is not here any more, with their roles. */
export function peopleWords(incident: Incident, view: View): Rich {
  const of = (standing: Person["standing"]) =>
    (Object.keys(incident.people) as UserId[]).filter((user) => incident.people[user]?.standing === standing);
  const lines = [
    ["Here", of("joined")],
    ["Invited", of("wanted")],
    ["Not here any more", of("left")],
    ["Could not be invited", of("failed")],
  ] as const;
  return lines
    .filter(([, users]) => users.length > 0)
    .map(
      ([title, users]) =>
        line`${strong(title)} ${joined(
          users.slice(0, mostNamed).map((user) => withRoles(user, incident, view)),
          ", ",
        )}${more(users.length)}`,
    );
}

/** Named at most of each: a message holds no more than a few hundred people. */
const mostNamed = 40;

function more(count: number): string {
  return count > mostNamed ? ` and ${count - mostNamed} more` : "";
}

function withRoles(user: UserId, incident: Incident, view: View): readonly Span[] {
  const held = rolesOf(incident, user).filter((role) => !isPlain(role));
  return held.length === 0 ? [person(user, view)] : line`${person(user, view)} (${listed(held)})`;
}
