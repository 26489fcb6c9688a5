import type { Entry } from "./entry.ts";
import type { FactOf } from "./fact.ts";
import type { UserId } from "./ids.ts";
import type { Holding, Incident, Person, Standing } from "./incident.ts";
import type { RoleName } from "./policy.ts";
import { worse } from "./severity.ts";

/** The role of everyone in an incident who was given no other. */
export const baseRole = "responder";
/** The roles that ask nothing of a person: given without being offered, gone when a real one comes. */
const plainRoles: readonly RoleName[] = ["responder", "observer"];

/** Whether a role is given with the invitation, and not offered. */
export function isPlain(role: RoleName): boolean {
  return plainRoles.includes(role);
}

/**
 * The incident after one more entry of its journal. Never refuses: what is in the journal has happened.
 * The first entry is `declared`; without it there is no incident to change.
 */
export function evolve(incident: Incident | undefined, entry: Entry): Incident {
  const head = { seq: entry.seq, hash: entry.hash };
  if (entry.type === "declared") return { ...declared(entry), head };
  if (incident === undefined) throw new Error(`${entry.incident} begins with ${entry.type}, not declared`);
  return { ...changed(incident, entry), head };
}

/** The incident that a whole journal tells of. */
export function fold(entries: Iterable<Entry>): Incident | undefined {
  let incident: Incident | undefined;
  for (const entry of entries) incident = evolve(incident, entry);
  return incident;
}

function declared(entry: Entry & FactOf<"declared">): Omit<Incident, "head"> {
  if (entry.actor === "cordon") throw new Error(`${entry.incident} was declared by nobody`);
  const { title, severity, role, nextUpdateAt } = entry.data;
  return {
    id: entry.incident,
    title,
    state: "active",
    severity,
    peak: severity,
    declaredBy: entry.actor,
    declaredAt: entry.eventAt,
    roles: { [role]: [{ user: entry.actor, since: entry.eventAt, acting: true }] },
    filled: role === "commander" ? ["commander"] : [],
    offers: [],
    people: { [entry.actor]: { standing: "wanted", since: entry.eventAt } },
    timeline: [],
    ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }),
  };
}

function changed(incident: Incident, entry: Entry): Incident {
  const at = entry.eventAt;
  switch (entry.type) {
    case "room-created":
      return { ...incident, room: { id: entry.data.room, version: entry.data.version } };
    case "room-unusable":
      return incident.room === undefined
        ? incident
        : { ...incident, room: { ...incident.room, unusable: entry.data.reason } };
    case "invited":
      return withPerson(
        withBaseRole(incident, entry.data.user, entry.data.role ?? baseRole, at),
        entry.data.user,
        "wanted",
        at,
      );
    case "invite-failed":
      return gone(incident, entry.data, "failed", at);
    case "joined":
      return withPerson(incident, entry.data.user, "joined", at);
    case "left":
      return gone(incident, entry.data, "left", at);
    case "intruder-removed":
      return incident;
    case "role-offered":
      return withOffer(incident, {
        ...entry.data,
        by: entry.actor === "cordon" ? entry.data.user : entry.actor,
        at,
        reminded: false,
      });
    case "role-reminded":
      return {
        ...incident,
        offers: incident.offers.map((offer) =>
          offer.role === entry.data.role && offer.user === entry.data.user
            ? { ...offer, at, reminded: true }
            : offer,
        ),
      };
    case "role-accepted":
      return accepted(incident, entry.data, at);
    case "role-declined":
    case "role-lapsed":
      return withoutOffer(incident, entry.data.role, entry.data.user);
    case "severity-changed":
      return {
        ...incident,
        severity: entry.data.to,
        peak: worse(incident.peak, entry.data.to),
        ...(entry.data.nextUpdateAt === undefined ? {} : { nextUpdateAt: entry.data.nextUpdateAt }),
      };
    case "updated":
      return updated(incident, entry);
    case "noted":
      return withLine(incident, entry, "note", entry.data.text);
    case "mitigated":
      return withLine(
        {
          ...incident,
          state: "mitigated",
          mitigatedAt: at,
          lastUpdate: { text: entry.data.how, at, by: entry.actor },
        },
        entry,
        "update",
        entry.data.how,
      );
    case "over": {
      const { nextUpdateAt: _, ...rest } = incident;
      return { ...rest, state: "over", overAt: at, offers: [], outcome: entry.data };
    }
    case "drift":
      return incident;
    case "archiving":
      return { ...incident, closing: { since: at } };
    case "sealed":
      return {
        ...incident,
        closing: { since: incident.closing?.since ?? at, seal: entry.data.event, sealedAt: at },
      };
    case "archived": {
      const { name, digest, verdict } = entry.data;
      return { ...incident, state: "archived", archive: { name, digest, verdict } };
    }
    case "declared":
      throw new Error(`${entry.incident} was declared twice`);
  }
}

function updated(incident: Incident, entry: Entry & FactOf<"updated">): Incident {
  const { nextUpdateAt: _, ...rest } = incident;
  const { text, nextUpdateAt } = entry.data;
  return withLine(
    {
      ...rest,
      lastUpdate: { text, at: entry.eventAt, by: entry.actor },
      ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }),
    },
    entry,
    "update",
    text,
  );
}

function withLine(incident: Incident, entry: Entry, kind: "note" | "update", text: string): Incident {
  const line = { seq: entry.seq, kind, by: entry.actor, at: entry.eventAt, text };
  return { ...incident, timeline: [...incident.timeline, line] };
}

/**
 * A role passes from its former holder to whoever accepted it, in one step: there is no moment with two
 * commanders, and none without. Whoever is left with no role is an ordinary responder.
 */
function accepted(incident: Incident, data: FactOf<"role-accepted">["data"], at: number): Incident {
  const { role, user, from } = data;
  const stillHeld = (incident.roles[role] ?? []).filter((holding) => holding.user !== from);
  const holding: Holding = { user, since: at, acting: false };
  let roles: Record<RoleName, readonly Holding[]> = {
    ...incident.roles,
    [role]: [...stillHeld.filter((other) => other.user !== user), holding],
  };
  // Who stood in as deputy because they could not command has done so once somebody commands.
  const stoodIn = role === "commander" ? (roles.deputy ?? []).filter((deputy) => deputy.acting) : [];
  if (stoodIn.length > 0) {
    roles.deputy = (roles.deputy ?? []).filter((deputy) => !deputy.acting);
  }
  if (!isPlain(role)) roles = withoutPlainRoles(roles, user);
  const bereft = [...(from === undefined ? [] : [from]), ...stoodIn.map((deputy) => deputy.user)];
  const after = {
    ...withoutOffer(incident, role, user),
    roles,
    filled: incident.filled.includes(role) ? incident.filled : [...incident.filled, role],
  };
  return bereft
    .filter((person) => person !== user)
    .reduce((state, person) => withBaseRole(state, person, baseRole, at), after);
}

function withoutPlainRoles(
  roles: Readonly<Record<RoleName, readonly Holding[]>>,
  user: UserId,
): Record<RoleName, readonly Holding[]> {
  return Object.fromEntries(
    Object.entries(roles).map(([role, holdings]) => [
      role,
      isPlain(role) ? holdings.filter((holding) => holding.user !== user) : holdings,
    ]),
  );
}

/** Gives a plain role to someone who holds none at all. */
function withBaseRole(incident: Incident, user: UserId, role: RoleName, at: number): Incident {
  const holdsOne = Object.values(incident.roles).some((holdings) =>
    holdings.some((holding) => holding.user === user),
  );
  if (holdsOne) return incident;
  const holding: Holding = { user, since: at, acting: false };
  return { ...incident, roles: { ...incident.roles, [role]: [...(incident.roles[role] ?? []), holding] } };
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
  return { ...incident, roles, offers: incident.offers.filter((offer) => offer.user !== user) };
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

function withOffer(incident: Incident, offer: Incident["offers"][number]): Incident {
  return { ...withoutOffer(incident, offer.role, offer.user), offers: [...incident.offers, offer] };
}

function withoutOffer(incident: Incident, role: RoleName, user: UserId): Incident {
  return {
    ...incident,
    offers: incident.offers.filter((offer) => offer.role !== role || offer.user !== user),
  };
}
