import type { Context, Decision } from "./decision.ts";
import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import {
  awaitsBrief,
  holders,
  type Incident,
  isOnRoster,
  isRunning,
  type Offer,
  rolesOf,
} from "./incident.ts";
import { isActing, isEntitled } from "./permissions.ts";
import { areExclusive, baseRole, isPlain, type Policy, type RoleName } from "./policy.ts";
import type { Refusal } from "./refusal.ts";

/** Why a person cannot take a role, or `undefined` where nothing stands against it. */
export function mayTake(
  incident: Incident,
  name: RoleName,
  user: UserId,
  policy: Policy,
): Refusal | undefined {
  const unfit = isUnfit(name, user, policy);
  if (unfit !== undefined) return unfit;
  // Whoever takes command stops deputising by that.
  const other = rolesOf(incident, user)
    .filter((held) => !isPlain(held) && held !== name && !(name === "commander" && held === "deputy"))
    .find((held) => areExclusive(policy, incident.severity, name, held));
  return other === undefined ? undefined : { refused: "excluded", role: name, user, other };
}

/** Why a role is not for this person, whatever else they hold. */
function isUnfit(name: RoleName, user: UserId, policy: Policy): Refusal | undefined {
  const role = policy.roles.get(name);
  if (role === undefined) return { refused: "unknown-role", role: name };
  if (!policy.isMember(user)) return { refused: "outsider", user };
  if (policy.mayHold(name, user)) return undefined;
  return { refused: "not-eligible", role: name, user, eligible: role.eligible };
}

/** Asks somebody to take a role. Nobody is asked what they said themselves, nor for a role that asks nothing. */
export function offerRole(incident: Incident, role: RoleName, user: UserId, context: Context): Decision {
  const { actor, policy } = context;
  const refusal = mayTake(incident, role, user, policy);
  if (refusal !== undefined) return refusal;
  if (holders(incident, role).includes(user) && !isActing(incident, user, role)) {
    return { refused: "already-holder", role, user };
  }
  if (isPlain(role)) return givePlainRole(incident, role, user, policy);
  const command = role === "commander" ? passCommand(incident, user, context) : undefined;
  if (command !== undefined) return command;
  const offer = incident.offers.find((each) => each.role === role && each.user === user);
  if (user === actor || offer?.kind === "volunteered") return taken(incident, role, user, policy);
  if (offer !== undefined) return { refused: "already-offered", role, user };
  return [...invitationOf(incident, user), { type: "role-offered", data: { role, user } }];
}

/** A sitting commander is not replaced behind their back: they hand over, or command is taken over. */
function passCommand(incident: Incident, user: UserId, context: Context): Decision | undefined {
  const [commander] = holders(incident, "commander");
  if (commander === undefined || commander === user) return undefined;
  if (commander === context.actor) return handover(incident, "commander", user, context);
  const from = takeoverFrom(incident, context);
  return {
    refused: "not-entitled",
    intent: "handover",
    roles: ["commander"],
    holders: [commander],
    ...(from === undefined ? {} : { takeoverFrom: from }),
  };
}

/** Makes somebody a responder or an observer: whoever holds more has to give that up first. */
function givePlainRole(incident: Incident, role: RoleName, user: UserId, policy: Policy): Decision {
  const other = rolesOf(incident, user).find((held) => !isPlain(held));
  if (other !== undefined) return { refused: "excluded", role, user, other };
  return isOnRoster(incident, user)
    ? taken(incident, role, user, policy)
    : [{ type: "invited", data: { user, role } }];
}

/** The invitation of somebody who is offered a role and is not there yet. */
function invitationOf(incident: Incident, user: UserId): readonly Fact[] {
  return isOnRoster(incident, user) ? [] : [{ type: "invited", data: { user, role: baseRole } }];
}

/** The facts that a role is taken: who loses it where only one can hold it, and who is not asked any more. */
function taken(incident: Incident, role: RoleName, user: UserId, policy: Policy): readonly Fact[] {
  const alone = policy.roles.get(role)?.holders === "one";
  const [holder] = alone ? holders(incident, role) : [];
  const from = holder === undefined || holder === user ? {} : { from: holder };
  return [
    { type: "role-accepted", data: { role, user, ...from } },
    ...(alone ? withdrawals(incident, role, user) : []),
  ];
}

function withdrawals(incident: Incident, role: RoleName, user: UserId): readonly Fact[] {
  return incident.offers
    .filter((offer) => offer.role === role && offer.user !== user)
    .map((offer) => ({ type: "offer-withdrawn", data: { role, user: offer.user } }));
}

export function acceptRole(incident: Incident, role: RoleName | undefined, context: Context): Decision {
  const { actor, policy } = context;
  const offer = oneOffer(incident, role, actor);
  if (!("refused" in offer)) {
    if (awaitsBrief(offer)) return { refused: "brief-first", role: offer.role };
    return mayTake(incident, offer.role, actor, policy) ?? taken(incident, offer.role, actor, policy);
  }
  const [command] = incident.roles.commander ?? [];
  const confirms = command?.user === actor && command.acting && (role ?? "commander") === "commander";
  return confirms && offer.refused === "no-offer" ? taken(incident, "commander", actor, policy) : offer;
}

export function declineRole(incident: Incident, role: RoleName | undefined, context: Context): Decision {
  const offer = oneOffer(incident, role, context.actor);
  if ("refused" in offer) return offer;
  return [{ type: "role-declined", data: { role: offer.role, user: context.actor } }];
}

/** The one question an answer is about: the named one, or the only one there is. */
function oneOffer(incident: Incident, role: RoleName | undefined, user: UserId): Offer | Refusal {
  const offers = incident.offers.filter(
    (offer) =>
      offer.user === user && offer.kind !== "volunteered" && (role === undefined || offer.role === role),
  );
  const [offer] = offers;
  if (offer === undefined) return { refused: "no-offer", ...(role === undefined ? {} : { role }) };
  if (offers.length > 1) return { refused: "several-offers", roles: offers.map((each) => each.role) };
  return offer;
}

/** Offers oneself. Vacant command is taken at once; everything else is confirmed by whoever gives out roles. */
export function volunteer(incident: Incident, role: RoleName, context: Context): Decision {
  const { actor, policy } = context;
  const refusal = mayTake(incident, role, actor, policy);
  if (refusal !== undefined) return refusal;
  if (isPlain(role)) return { refused: "plain-role", role };
  const offer = incident.offers.find((each) => each.role === role && each.user === actor);
  if (offer?.kind === "volunteered") return { refused: "already-volunteered", role };
  if (offer !== undefined) return acceptRole(incident, role, context);
  if (holders(incident, role).includes(actor)) {
    return isActing(incident, actor, role)
      ? acceptRole(incident, role, context)
      : { refused: "already-holder", role, user: actor };
  }
  const vacantCommand = role === "commander" && holders(incident, role).length === 0;
  if (vacantCommand || mayGive(incident, role, actor, policy)) return taken(incident, role, actor, policy);
  return [{ type: "role-volunteered", data: { role, user: actor } }];
}

/** Whether somebody gives out this role: held command is its holder's to give. */
function mayGive(incident: Incident, role: RoleName, user: UserId, policy: Policy): boolean {
  if (!isEntitled(incident, "offer-role", user, policy)) return false;
  const [commander] = holders(incident, "commander");
  return role !== "commander" || commander === undefined || commander === user;
}

export function confirmRole(incident: Incident, role: RoleName, user: UserId, context: Context): Decision {
  const { actor, policy } = context;
  if (!hasVolunteered(incident, role, user)) return { refused: "no-volunteer", role, user };
  if (!mayGive(incident, role, actor, policy)) {
    const commander = holders(incident, "commander");
    return { refused: "not-entitled", intent: "handover", roles: ["commander"], holders: commander };
  }
  // Command never passes without a brief, whoever had the idea.
  if (role === "commander" && holders(incident, role).includes(actor)) {
    return handover(incident, role, user, context);
  }
  return mayTake(incident, role, user, policy) ?? taken(incident, role, user, policy);
}

export function refuseRole(incident: Incident, role: RoleName, user: UserId): Decision {
  return hasVolunteered(incident, role, user)
    ? [{ type: "role-declined", data: { role, user, volunteered: true } }]
    : { refused: "no-volunteer", role, user };
}

function hasVolunteered(incident: Incident, role: RoleName, user: UserId): boolean {
  return incident.offers.some(
    (offer) => offer.kind === "volunteered" && offer.role === role && offer.user === user,
  );
}

/** Begins to pass a role on: the brief comes first, and the role stays where it is until it is accepted. */
export function handover(
  incident: Incident,
  named: RoleName | undefined,
  user: UserId,
  context: Context,
): Decision {
  const role = ownRole(incident, named, context.actor);
  if (typeof role !== "string") return role;
  if (user === context.actor) return { refused: "already-holder", role, user };
  const refusal = mayTake(incident, role, user, context.policy);
  if (refusal !== undefined) return refusal;
  if (holders(incident, role).includes(user)) return { refused: "already-holder", role, user };
  const known = incident.offers.find((offer) => offer.role === role && offer.user === user);
  if (known?.kind === "handover") return { refused: "already-offered", role, user };
  return [...invitationOf(incident, user), { type: "handover-begun", data: { role, user } }];
}

/** The role that somebody speaks of giving away: the named one if they hold it, or their only one. */
function ownRole(incident: Incident, named: RoleName | undefined, user: UserId): RoleName | Refusal {
  const held = rolesOf(incident, user).filter((role) => !isPlain(role));
  const meant = named === undefined && held.includes("commander") ? "commander" : named;
  if (meant !== undefined) {
    if (held.includes(meant)) return meant;
    if (isPlain(meant)) return { refused: "plain-role", role: meant };
    return { refused: "not-yours", role: meant, holders: holders(incident, meant) };
  }
  const [only] = held;
  if (only === undefined) return { refused: "not-yours", holders: [] };
  return held.length === 1 ? only : { refused: "several-roles", roles: held };
}

export function releaseRole(incident: Incident, named: RoleName | undefined, context: Context): Decision {
  const role = ownRole(incident, named, context.actor);
  if (typeof role !== "string") return role;
  if (role === "commander") return { refused: "hand-over-instead", role };
  return [{ type: "role-released", data: { role, user: context.actor } }];
}

/**
 * Takes command from somebody who has fallen silent. Other roles that may not be held beside it are given up
 * by it: a person who has to act now is not sent to tidy up first.
 */
export function takeover(incident: Incident, role: RoleName, reason: string, context: Context): Decision {
  const { actor, at, policy } = context;
  if (role !== "commander") return { refused: "takeover-of-command-only", role };
  const [commander] = holders(incident, role);
  if (commander === actor) return { refused: "already-holder", role, user: actor };
  if (!policy.isAdministrator(actor)) {
    const unfit = isUnfit(role, actor, policy);
    if (unfit !== undefined) return unfit;
  }
  const from = takeoverFrom(incident, context) ?? at;
  if (commander !== undefined && at < from) return { refused: "not-silent", commander, takeoverFrom: from };
  return [
    {
      type: "role-taken-over",
      data: { role, user: actor, ...(commander === undefined ? {} : { from: commander }), reason },
    },
    ...withdrawals(incident, role, actor),
  ];
}

/**
 * From when somebody can take command, in milliseconds since the epoch: the deputy once the commander has
 * written nothing for `silentAfterMs`, others after twice that, an administrator now. `undefined` where they
 * never can.
 */
export function takeoverFrom(incident: Incident, context: Context): number | undefined {
  const { actor, at, policy, heard = {} } = context;
  if (!isRunning(incident) || !isEntitled(incident, "takeover", actor, policy)) return undefined;
  if (policy.isAdministrator(actor)) return at;
  if (!policy.isMember(actor) || !policy.mayHold("commander", actor)) return undefined;
  const [command] = incident.roles.commander ?? [];
  if (command === undefined) return at;
  if (command.user === actor) return undefined;
  const silentSince = Math.max(command.since, heard[command.user] ?? 0);
  const isDeputy = holders(incident, "deputy").includes(actor);
  return silentSince + policy.silentAfterMs * (isDeputy ? 1 : 2);
}
