import { baseRole } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import { type Incident, isOnRoster, isRunning, rolesOf } from "./incident.ts";
import type { Observation } from "./intent.ts";
import { isEntitled, permissions } from "./permissions.ts";
import type { Policy } from "./policy.ts";

/**
 * What follows from something the service saw or did. Like `decide` it is pure; unlike a person's intent
 * an observation cannot be refused, it can only mean nothing any more, and then no fact follows.
 */
export function observe(incident: Incident, seen: Observation, policy: Policy): readonly Fact[] {
  switch (seen.type) {
    case "room-created": {
      if (incident.room !== undefined) return [];
      const created: Fact = { type: "room-created", data: { room: seen.room, version: seen.version } };
      const { room } = seen;
      return seen.encrypted
        ? [created, { type: "room-unusable", data: { room, reason: "encrypted" } }]
        : [created];
    }
    case "room-encrypted":
      return incident.room === undefined || incident.room.unusable !== undefined
        ? []
        : [{ type: "room-unusable", data: { room: incident.room.id, reason: "encrypted" } }];
    case "invite-refused":
      return isOnRoster(incident, seen.user)
        ? [{ type: "invite-failed", data: { user: seen.user, reason: seen.reason } }]
        : [];
    case "member-invited":
      return memberInvited(incident, seen, policy);
    case "member-joined":
      return memberJoined(incident, seen.user);
    case "member-left":
      return memberLeft(incident, seen);
    case "drifted":
      return [{ type: "drift", data: { what: seen.what, by: seen.by, event: seen.event } }];
    case "offer-due":
      return offerDue(incident, seen);
    case "grace-ended":
      return canArchive(incident) ? [{ type: "archiving", data: {} }] : [];
    case "sealed":
      return incident.closing !== undefined && incident.closing.seal === undefined
        ? [{ type: "sealed", data: { event: seen.event } }]
        : [];
    case "archived": {
      const { type: _, ...data } = seen;
      return incident.closing?.seal !== undefined && incident.archive === undefined
        ? [{ type: "archived", data }]
        : [];
    }
  }
}

function canArchive(incident: Incident): boolean {
  return (incident.state === "over" || incident.state === "cancelled") && incident.closing === undefined;
}

/** An invitation that somebody entitled made in their client counts like one made by command. */
function memberInvited(
  incident: Incident,
  seen: Extract<Observation, { type: "member-invited" }>,
  policy: Policy,
): readonly Fact[] {
  const welcome =
    !isOnRoster(incident, seen.user) &&
    isRunning(incident) &&
    policy.isMember(seen.user) &&
    isEntitled(incident, permissions.invite.who, seen.by);
  return welcome ? [{ type: "invited", data: { user: seen.user, role: baseRole } }] : [];
}

function memberJoined(incident: Incident, user: UserId): readonly Fact[] {
  const standing = incident.people[user]?.standing;
  if (standing === "wanted") return [{ type: "joined", data: { user } }];
  return standing === "joined" ? [] : [{ type: "intruder-removed", data: { user } }];
}

function memberLeft(
  incident: Incident,
  seen: Extract<Observation, { type: "member-left" }>,
): readonly Fact[] {
  if (!isOnRoster(incident, seen.user)) return [];
  const vacated = rolesOf(incident, seen.user);
  const { user, reason } = seen;
  return [{ type: "left", data: { user, vacated, ...(reason === undefined ? {} : { reason }) } }];
}

/** An offer that nobody answered is made once more, then it lapses. */
function offerDue(incident: Incident, seen: Extract<Observation, { type: "offer-due" }>): readonly Fact[] {
  const offer = incident.offers.find((each) => each.role === seen.role && each.user === seen.user);
  if (offer === undefined) return [];
  const { role, user } = seen;
  return [
    offer.reminded
      ? { type: "role-lapsed", data: { role, user } }
      : { type: "role-reminded", data: { role, user } },
  ];
}
