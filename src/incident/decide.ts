import { baseRole, isPlain } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import { holders, type Incident, isOnRoster, type Offer, rolesOf } from "./incident.ts";
import type { Intent } from "./intent.ts";
import { isActing, refuse } from "./permissions.ts";
import { holdsIn, type Policy, type RoleName } from "./policy.ts";
import type { Refusal } from "./refusal.ts";
import type { Severity } from "./severity.ts";

/** What decide needs to know of the world: it has no clock and no configuration of its own. */
export interface Context {
  /** Who wants it. */
  readonly actor: UserId;
  /** When they said so, in milliseconds since the epoch. */
  readonly at: number;
  readonly policy: Policy;
}

/** What follows from an intent: facts for the journal, or the reason why nothing does. */
export type Decision = readonly Fact[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return "refused" in decision;
}

/**
 * Decides what becomes of an intent. Pure: the same arguments give the same decision. A refusal changes
 * nothing; facts are true from the moment the journal has them.
 *
 * @param incident the incident as it stands, `undefined` for `declare`
 */
export function decide(incident: Incident | undefined, intent: Intent, context: Context): Decision {
  if (intent.type === "declare") return declare(intent, context);
  if (incident === undefined) return { refused: "unseen" };
  const refusal = refuse(incident, intent.type, context.actor);
  if (refusal !== undefined) return refusal;
  switch (intent.type) {
    case "invite":
      return invite(incident, intent, context);
    case "offer-role":
      return offerRole(incident, intent.role, intent.user, context);
    case "accept-role":
      return acceptRole(incident, intent.role, context);
    case "decline-role":
      return declineRole(incident, intent.role, context);
    case "change-severity":
      return changeSeverity(incident, intent.to, intent.reason, context);
    case "update":
      return update(incident, intent.text, intent.nextMs, context);
    case "note":
      return [{ type: "noted", data: { text: intent.text } }];
    case "mitigate":
      return [{ type: "mitigated", data: { how: intent.how } }];
    case "close":
      return close(incident, intent.summary, intent.anyway, context.policy);
    case "archive":
      return [{ type: "archiving", data: {} }];
  }
}

function declare(intent: Extract<Intent, { type: "declare" }>, context: Context): Decision {
  const { actor, at, policy } = context;
  if (!policy.mayDeclare(actor)) return { refused: "may-not-declare" };
  const role = policy.mayHold("commander", actor) ? "commander" : "deputy";
  const declared: Fact = {
    type: "declared",
    data: {
      title: intent.title,
      severity: intent.severity,
      role,
      ...nextUpdate(intent.severity, at, policy),
    },
  };
  const others = [...new Set(intent.people)].filter((user) => user !== actor);
  return [
    declared,
    ...others.map(
      (user): Fact =>
        policy.isMember(user)
          ? { type: "invited", data: { user, role: baseRole } }
          : { type: "invite-failed", data: { user, reason: "outside" } },
    ),
  ];
}

function nextUpdate(severity: Severity, at: number, policy: Policy): { nextUpdateAt?: number } {
  const every = policy.updateEveryMs[severity === "unknown" ? "sev2" : severity];
  return every === undefined ? {} : { nextUpdateAt: at + every };
}

function invite(incident: Incident, intent: Extract<Intent, { type: "invite" }>, context: Context): Decision {
  const { policy } = context;
  const role = intent.role ?? baseRole;
  const users = [...new Set(intent.users)];
  for (const user of users) {
    if (!policy.isMember(user)) return { refused: "outsider", user };
    const standing = mayTake(incident, role, user, policy);
    if (standing !== undefined) return standing;
  }
  const absent = users.filter((user) => !isOnRoster(incident, user));
  const first = users[0];
  if (absent.length === 0 && isPlain(role) && first !== undefined) {
    return { refused: "already-there", user: first };
  }
  const invited = absent.map((user) => invitation(user, isPlain(role) ? role : baseRole, intent.reason));
  const offered = isPlain(role)
    ? []
    : users.map((user): Fact => ({ type: "role-offered", data: { role, user } }));
  return [...invited, ...offered];
}

function invitation(user: UserId, role: RoleName, reason: string | undefined): Fact {
  return { type: "invited", data: { user, role, ...(reason === undefined ? {} : { reason }) } };
}

/** Why a person cannot take a role, or `undefined` where nothing stands against it. */
function mayTake(incident: Incident, name: RoleName, user: UserId, policy: Policy): Refusal | undefined {
  const role = policy.roles.get(name);
  if (role === undefined) return { refused: "unknown-role", role: name };
  if (!policy.isMember(user)) return { refused: "outsider", user };
  if (!policy.mayHold(name, user)) {
    return { refused: "not-eligible", role: name, user, eligible: role.eligible };
  }
  const other = rolesOf(incident, user).find(
    (held) => !isPlain(held) && held !== name && excludes(incident, policy, name, held),
  );
  return other === undefined ? undefined : { refused: "excluded", role: name, user, other };
}

/** Whether two roles may not be held by one person in this incident; said by either of them. */
function excludes(incident: Incident, policy: Policy, a: RoleName, b: RoleName): boolean {
  return (
    holdsIn(policy.roles.get(a)?.excludes[b], incident.severity) ||
    holdsIn(policy.roles.get(b)?.excludes[a], incident.severity)
  );
}

function offerRole(incident: Incident, role: RoleName, user: UserId, context: Context): Decision {
  const { actor, policy } = context;
  const refusal = mayTake(incident, role, user, policy);
  if (refusal !== undefined) return refusal;
  if (holders(incident, role).includes(user) && !isActing(incident, user)) {
    return { refused: "already-holder", role, user };
  }
  if (incident.offers.some((offer) => offer.role === role && offer.user === user)) {
    return { refused: "already-offered", role, user };
  }
  // Nobody needs to be asked what they said themselves.
  if (user === actor) return [taken(incident, role, user, policy)];
  const invited = isOnRoster(incident, user) ? [] : [invitation(user, baseRole, undefined)];
  return [...invited, { type: "role-offered", data: { role, user } }];
}

/** The fact that a role is taken, naming who loses it where only one person can hold it. */
function taken(incident: Incident, role: RoleName, user: UserId, policy: Policy): Fact {
  const [holder] = policy.roles.get(role)?.holders === "one" ? holders(incident, role) : [];
  return {
    type: "role-accepted",
    data: { role, user, ...(holder === undefined || holder === user ? {} : { from: holder }) },
  };
}

function acceptRole(incident: Incident, role: RoleName | undefined, context: Context): Decision {
  const { actor, policy } = context;
  const offer = oneOffer(incident, role, actor);
  if ("refused" in offer) {
    const acting = rolesOf(incident, actor).find((held) =>
      incident.roles[held]?.some((holding) => holding.user === actor && holding.acting),
    );
    const confirms = acting === "commander" && (role === undefined || role === acting);
    return confirms && offer.refused === "no-offer" ? [taken(incident, acting, actor, policy)] : offer;
  }
  return mayTake(incident, offer.role, actor, policy) ?? [taken(incident, offer.role, actor, policy)];
}

function declineRole(incident: Incident, role: RoleName | undefined, context: Context): Decision {
  const offer = oneOffer(incident, role, context.actor);
  if ("refused" in offer) return offer;
  return [{ type: "role-declined", data: { role: offer.role, user: context.actor } }];
}

/** The one offer an answer is about: the named one, or the only one there is. */
function oneOffer(incident: Incident, role: RoleName | undefined, user: UserId): Offer | Refusal {
  const offers = incident.offers.filter(
    (offer) => offer.user === user && (role === undefined || offer.role === role),
  );
  const [offer] = offers;
  if (offer === undefined) return { refused: "no-offer", ...(role === undefined ? {} : { role }) };
  if (offers.length > 1) return { refused: "several-offers", roles: offers.map((each) => each.role) };
  return offer;
}

function changeSeverity(incident: Incident, to: Severity, reason: string, context: Context): Decision {
  const from = incident.severity;
  if (from === to) return { refused: "same-severity", severity: to };
  const next = nextUpdate(to, context.at, context.policy);
  return [{ type: "severity-changed", data: { from, to, reason, ...next } }];
}

function update(incident: Incident, text: string, nextMs: number | undefined, context: Context): Decision {
  const next =
    nextMs === undefined
      ? nextUpdate(incident.severity, context.at, context.policy)
      : { nextUpdateAt: context.at + nextMs };
  return [{ type: "updated", data: { text, ...next } }];
}

function close(incident: Incident, summary: string, anyway: string | undefined, policy: Policy): Decision {
  const missing = [...policy.roles.values()]
    .filter((role) => holdsIn(role.required, incident.severity) && !incident.filled.includes(role.name))
    .map((role) => role.name);
  if (missing.length > 0 && anyway === undefined) return { refused: "roles-missing", roles: missing };
  return [{ type: "over", data: { summary, missing, ...(anyway === undefined ? {} : { anyway }) } }];
}
