import type { NotInvited } from "../facts/people.ts";
import type { UserId } from "../ids.ts";
import type { Incident, Person, Standing } from "../incident.ts";
import { baseRole, type RoleName } from "../policy.ts";
import { type Evolvers, unchanged } from "./evolver.ts";
import { withBaseRole } from "./roles.ts";

/** Who is in the incident, and who is not any more. */
export const people = {
  invited: (incident, { data, eventAt }) => admitted(incident, data.user, data.role ?? baseRole, eventAt),
  "invite-failed": (incident, { data, eventAt }) =>
    gone(withFailure(incident, data), data, "failed", eventAt),
  "crowd-invited": (incident, { data }) => {
    const { people, failed } = incident.crowd ?? { people: 0, failed: [] };
    return { ...incident, crowd: { people: people + data.people, failed } };
  },
  "invitations-sent": ({ crowd: _, ...incident }) => incident,
  entered: (incident, { data, eventAt }) => {
    const entered = [...incident.entered.filter((other) => other !== data.user), data.user];
    return { ...admitted(incident, data.user, data.role, eventAt), entered };
  },
  joined: (incident, { data, eventAt }) => {
    const person: Person = { standing: "joined", since: eventAt, ...(data.behind ? { behind: true } : {}) };
    return { ...incident, people: { ...incident.people, [data.user]: person } };
  },
  left: (incident, { data, eventAt }) => gone(incident, data, "left", eventAt),
  removed: (incident, { data, eventAt }) => gone(incident, data, "left", eventAt),
  "invitation-withdrawn": unchanged,
  "intruder-removed": unchanged,
} satisfies Partial<Evolvers>;

/** Somebody is expected in the room, with a plain role where they hold none. */
function admitted(incident: Incident, user: UserId, role: RoleName, at: number): Incident {
  return withPerson(withBaseRole(incident, user, role, at), user, "wanted", at);
}

/** Someone is not in the incident any more, or never came in: they keep no role and no offer. */
function gone(
  incident: Incident,
  { user, reason }: { readonly user: UserId; readonly reason?: string },
  standing: "failed" | "left",
  at: number,
): Incident {
  return withPerson(withoutPerson(incident, user), user, standing, at, reason);
}

/** Takes every role and every offer from someone who is no longer there. */
function withoutPerson(incident: Incident, user: UserId): Incident {
  const roles = Object.fromEntries(
    Object.entries(incident.roles).map(([role, holdings]) => [
      role,
      holdings.filter((holding) => holding.user !== user),
    ]),
  );
  return {
    ...incident,
    roles,
    offers: incident.offers.filter((offer) => offer.user !== user),
    entered: incident.entered.filter((other) => other !== user),
  };
}

function withFailure(incident: Incident, failure: NotInvited): Incident {
  const { crowd } = incident;
  return crowd === undefined
    ? incident
    : { ...incident, crowd: { ...crowd, failed: [...crowd.failed, failure] } };
}

function withPerson(
  incident: Incident,
  user: UserId,
  standing: Standing,
  since: number,
  reason?: string,
): Incident {
  const person: Person = { standing, since, ...(reason === undefined ? {} : { reason }) };
  return { ...incident, people: { ...incident.people, [user]: person } };
}
