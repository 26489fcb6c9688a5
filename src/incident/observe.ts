import { hasPast } from "./catchup.ts";
import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import {
  awaitsBrief,
  type Incident,
  isFrom,
  isOnRoster,
  isReadAgain,
  isRunning,
  rolesOf,
} from "./incident.ts";
import type { Observation } from "./intent.ts";
import { isEntitled } from "./permissions.ts";
import { baseRole, loopOf, mostReminders, type Policy } from "./policy.ts";
import { settled } from "./settle.ts";
import { isOverdue, isUnacknowledged, nextToRemind } from "./waiting.ts";

/**
 * What follows from something the service saw or did. Like `decide` it is pure; unlike a person's intent
 * an observation cannot be refused, it can only mean nothing any more, and then no fact follows.
 */
export function observe(
  incident: Incident,
  seen: Observation,
  moment: { readonly at: number; readonly policy: Policy },
): readonly Fact[] {
  return settled(incident, observeAlone(incident, seen, moment), { actor: "cordon", ...moment });
}

function observeAlone(
  incident: Incident,
  seen: Observation,
  { at, policy }: { readonly at: number; readonly policy: Policy },
): readonly Fact[] {
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
    case "invitations-sent":
      return invitationsSent(incident);
    case "drifted":
      return drifted(incident, seen, at);
    case "drift-rested":
      return seen.what in incident.contested ? [{ type: "drift-resumed", data: { what: seen.what } }] : [];
    case "brief-given":
      return briefGiven(incident, seen);
    case "offer-due":
      return offerDue(incident, seen);
    case "vacancy-due":
      return vacancyDue(incident, seen.role);
    case "update-due":
      return updateDue(incident);
    case "task-unanswered":
      return taskUnanswered(incident, seen.task);
    case "tasks-due":
      return tasksDue(incident, at);
    case "held-expired":
      return incident.held.some(({ command }) => command === seen.command)
        ? [{ type: "command-answered", data: { command: seen.command, answer: "expired" } }]
        : [];
    case "message-removed":
      return messageRemoved(incident, seen);
    case "caught-up":
      return incident.people[seen.user]?.behind ? [{ type: "caught-up", data: { user: seen.user } }] : [];
    case "restored": {
      const { type, ...data } = seen;
      return [{ type, data }];
    }
    case "room-found": {
      const { type, ...data } = seen;
      return isReadAgain(incident) ? [{ type, data }] : [];
    }
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
    case "revised": {
      const { type: _, ...data } = seen;
      const { closing, archive } = incident;
      return archive !== undefined && closing?.removal !== undefined && closing.removal.seq >= seen.upTo
        ? [{ type: "revised", data: { ...data, revision: (archive.revision ?? 1) + 1 } }]
        : [];
    }
  }
}

function canArchive(incident: Incident): boolean {
  return (incident.state === "over" || incident.state === "cancelled") && incident.closing === undefined;
}

function invitationsSent({ crowd }: Incident): readonly Fact[] {
  if (crowd === undefined) return [];
  const { people, failed } = crowd;
  return [{ type: "invitations-sent", data: { invited: people - failed.length, failed } }];
}

/** An invitation that somebody entitled made in their client counts like one made by command. */
function memberInvited(
  incident: Incident,
  seen: Extract<Observation, { type: "member-invited" }>,
  policy: Policy,
): readonly Fact[] {
  const { user, by } = seen;
  if (isOnRoster(incident, user)) return [];
  const welcome = isRunning(incident) && policy.isMember(user) && isEntitled(incident, "invite", by, policy);
  return welcome
    ? [{ type: "invited", data: { user, role: baseRole } }]
    : [{ type: "invitation-withdrawn", data: { user, by } }];
}

function memberJoined(incident: Incident, user: UserId): readonly Fact[] {
  const standing = incident.people[user]?.standing;
  if (standing === "wanted") {
    return [{ type: "joined", data: { user, ...(hasPast(incident) ? { behind: true } : {}) } }];
  }
  return standing === "joined" ? [] : [{ type: "intruder-removed", data: { user } }];
}

function memberLeft(
  incident: Incident,
  seen: Extract<Observation, { type: "member-left" }>,
): readonly Fact[] {
  if (!isOnRoster(incident, seen.user)) return [];
  const vacated = rolesOf(incident, seen.user);
  const { user, reason, by } = seen;
  const why = reason === undefined ? {} : { reason };
  return [{ type: "left", data: { user, vacated, ...why, ...(by === user ? {} : { by }) } }];
}

/** An offer that nobody answered is made once more, then it lapses. */
function offerDue(incident: Incident, seen: Extract<Observation, { type: "offer-due" }>): readonly Fact[] {
  const offer = incident.offers.find((each) => each.role === seen.role && each.user === seen.user);
  if (offer === undefined) return [];
  const { role, user } = seen;
  return [
    offer.reminded || awaitsBrief(offer)
      ? {
          type: "role-lapsed",
          data: { role, user, ...(offer.kind === "volunteered" ? { volunteered: true } : {}) },
        }
      : { type: "role-reminded", data: { role, user } },
  ];
}

/** A required role is still vacant: that is said a few times, then the administrators are told. */
function vacancyDue(incident: Incident, role: string): readonly Fact[] {
  const vacancy = incident.vacancies[role];
  if (vacancy === undefined || vacancy.reported) return [];
  return [
    { type: vacancy.reminders < mostReminders ? "vacancy-reminded" : "vacancy-reported", data: { role } },
  ];
}

/** The brief of a handover stands in the room: now the role can be accepted. */
function briefGiven(
  incident: Incident,
  seen: Extract<Observation, { type: "brief-given" }>,
): readonly Fact[] {
  const { role, user, brief } = seen;
  const waits = incident.offers.some(
    (offer) => awaitsBrief(offer) && offer.role === role && offer.user === user,
  );
  return waits ? [{ type: "handover-briefed", data: { role, user, brief } }] : [];
}

/**
 * Something of the room was changed. Who changes it back again and again is left alone for a while, and what
 * they do in that time is not written down each time.
 */
function drifted(
  incident: Incident,
  seen: Extract<Observation, { type: "drifted" }>,
  at: number,
): readonly Fact[] {
  const { what, by, event, beyond } = seen;
  if (what in incident.contested) return [];
  const drift: Fact = {
    type: "drift",
    data: { what, by, event, ...(beyond === undefined ? {} : { beyond }) },
  };
  const before = (incident.drifts[what] ?? []).slice(1 - loopOf.changes);
  const isLoop = before.length === loopOf.changes - 1 && at - (before[0] ?? 0) <= loopOf.withinMs;
  return isLoop ? [drift, { type: "drift-left", data: { what, by } }] : [drift];
}

/** An update is late: the commander is reminded, then the deputy, then once the room. */
function updateDue(incident: Incident): readonly Fact[] {
  const to = nextToRemind(incident);
  return to === undefined ? [] : [{ type: "update-reminded", data: { to } }];
}

/** A task nobody has acknowledged: its owner is reminded once, then the commander is told. */
function taskUnanswered(incident: Incident, number: number): readonly Fact[] {
  const task = incident.tasks.find((each) => each.number === number);
  if (task === undefined || !isUnacknowledged(task)) return [];
  const type = task.reminded === undefined ? "task-reminded" : "task-unanswered";
  return [{ type, data: { task: number } }];
}

/** All that is overdue is said at once. */
function tasksDue(incident: Incident, at: number): readonly Fact[] {
  const due = incident.tasks.filter((task) => isOverdue(task, at) && task.overdue !== true);
  return due.length === 0 ? [] : [{ type: "tasks-overdue", data: { tasks: due.map((task) => task.number) } }];
}

/** Only what the journal holds words from loses any by it; what is sealed is in an archive, or about to be. */
function messageRemoved(
  incident: Incident,
  { message, by, spoken, sealed }: Extract<Observation, { type: "message-removed" }>,
): readonly Fact[] {
  const told = incident.timeline.some((item) => isFrom(item, message) && item.gone !== "redacted");
  const silenced: readonly Fact[] = told || spoken ? [{ type: "words-removed", data: { message, by } }] : [];
  return sealed === true
    ? [...silenced, { type: "removed-after-seal", data: { event: message, by } }]
    : silenced;
}
