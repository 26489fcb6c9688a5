import type { FactOf } from "../fact.ts";
import type { UserId } from "../ids.ts";
import type { Holding, Incident, Offer, Vacancy } from "../incident.ts";
import { baseRole, isPlain, type RoleName } from "../policy.ts";
import { type EntryOf, type Evolvers, without } from "./evolver.ts";

/** Who holds which role, who is asked to, and which are vacant. */
export const roles = {
  "role-offered": (incident, entry) => withOffer(incident, "asked", entry),
  "role-volunteered": (incident, entry) => withOffer(incident, "volunteered", entry),
  "handover-begun": (incident, entry) => withOffer(incident, "handover", entry),
  "handover-briefed": (incident, { data, eventAt }) =>
    changeOffer(incident, data, { at: eventAt, brief: data.brief }),
  "role-reminded": (incident, { data, eventAt }) =>
    changeOffer(incident, data, { at: eventAt, reminded: true }),
  "role-accepted": (incident, { data, eventAt }) => accepted(incident, data, eventAt),
  "role-taken-over": (incident, { data, eventAt }) => accepted(incident, data, eventAt),
  "role-released": (incident, { data, eventAt }) => released(incident, data.role, data.user, eventAt),
  "role-declined": (incident, { data }) => withoutOffer(incident, data.role, data.user),
  "role-lapsed": (incident, { data }) => withoutOffer(incident, data.role, data.user),
  "offer-withdrawn": (incident, { data }) => withoutOffer(incident, data.role, data.user),
  "role-vacant": (incident, { data, eventAt: at }) => {
    const vacancy: Vacancy = { since: at, reminders: 0, lastAt: at, reported: false };
    return { ...incident, vacancies: { ...incident.vacancies, [data.role]: vacancy } };
  },
  "vacancy-reminded": (incident, { data, eventAt: lastAt }) =>
    changeVacancy(incident, data.role, ({ reminders }) => ({ reminders: reminders + 1, lastAt })),
  "vacancy-reported": (incident, { data, eventAt: lastAt }) =>
    changeVacancy(incident, data.role, () => ({ reported: true, lastAt })),
  "vacancy-ended": (incident, { data }) => withoutVacancy(incident, data.role),
} satisfies Partial<Evolvers>;

/**
 * A role passes from its former holder to whoever accepted it, in one step: there is no moment with two
 * commanders, and none without. Whoever is left with no role is an ordinary responder.
 */
function accepted(incident: Incident, data: FactOf<"role-accepted">["data"], at: number): Incident {
  const { role, user, from } = data;
  const others = isPlain(role) ? withoutPlainRoles(incident.roles, user) : incident.roles;
  const stillHeld = (others[role] ?? []).filter((holding) => holding.user !== from);
  const holding: Holding = { user, since: at, acting: false };
  let held: Record<RoleName, readonly Holding[]> = {
    ...others,
    [role]: [...stillHeld.filter((other) => other.user !== user), holding],
  };
  // Who stood in as deputy because they could not command has done so once somebody commands.
  const stoodIn = role === "commander" ? (held.deputy ?? []).filter((deputy) => deputy.acting) : [];
  if (stoodIn.length > 0) held.deputy = (held.deputy ?? []).filter((deputy) => !deputy.acting);
  if (!isPlain(role)) held = withoutPlainRoles(held, user);
  const bereft = [...(from === undefined ? [] : [from]), ...stoodIn.map((deputy) => deputy.user)];
  const after = {
    ...withoutVacancy(withoutOffer(incident, role, user), role),
    roles: held,
    filled: incident.filled.includes(role) ? incident.filled : [...incident.filled, role],
  };
  return bereft
    .filter((person) => person !== user)
    .reduce((state, person) => withBaseRole(state, person, baseRole, at), after);
}

/** A role is given up. Whoever is left with none is an ordinary responder. */
function released(incident: Incident, role: RoleName, user: UserId, at: number): Incident {
  const held = (incident.roles[role] ?? []).filter((holding) => holding.user !== user);
  return withBaseRole({ ...incident, roles: { ...incident.roles, [role]: held } }, user, baseRole, at);
}

function withoutPlainRoles(
  held: Readonly<Record<RoleName, readonly Holding[]>>,
  user: UserId,
): Record<RoleName, readonly Holding[]> {
  return Object.fromEntries(
    Object.entries(held).map(([role, holdings]) => [
      role,
      isPlain(role) ? holdings.filter((holding) => holding.user !== user) : holdings,
    ]),
  );
}

/** Gives a plain role to someone who holds none at all. */
export function withBaseRole(incident: Incident, user: UserId, role: RoleName, at: number): Incident {
  const holdsOne = Object.values(incident.roles).some((holdings) =>
    holdings.some((holding) => holding.user === user),
  );
  if (holdsOne) return incident;
  const holding: Holding = { user, since: at, acting: false };
  return { ...incident, roles: { ...incident.roles, [role]: [...(incident.roles[role] ?? []), holding] } };
}

function changeVacancy(
  incident: Incident,
  role: RoleName,
  change: (vacancy: Vacancy) => Partial<Vacancy>,
): Incident {
  const vacancy = incident.vacancies[role];
  if (vacancy === undefined) return incident;
  return { ...incident, vacancies: { ...incident.vacancies, [role]: { ...vacancy, ...change(vacancy) } } };
}

function withoutVacancy(incident: Incident, role: RoleName): Incident {
  return { ...incident, vacancies: without(incident.vacancies, role) };
}

function withOffer(
  incident: Incident,
  kind: Offer["kind"],
  entry: EntryOf<"role-offered"> | EntryOf<"role-volunteered"> | EntryOf<"handover-begun">,
): Incident {
  const { role, user } = entry.data;
  const by = entry.actor === "cordon" ? user : entry.actor;
  const offer: Offer = { kind, role, user, by, at: entry.eventAt, reminded: false };
  return { ...incident, offers: [...withoutOffer(incident, role, user).offers, offer] };
}

function changeOffer(
  incident: Incident,
  { role, user }: { readonly role: RoleName; readonly user: UserId },
  change: Partial<Offer>,
): Incident {
  const isMeant = (offer: Offer) => offer.role === role && offer.user === user;
  return {
    ...incident,
    offers: incident.offers.map((offer) => (isMeant(offer) ? { ...offer, ...change } : offer)),
  };
}

function withoutOffer(incident: Incident, role: RoleName, user: UserId): Incident {
  const isMeant = (offer: Offer) => offer.role === role && offer.user === user;
  return { ...incident, offers: incident.offers.filter((offer) => !isMeant(offer)) };
}
