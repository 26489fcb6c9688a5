import { type Config, rosterRooms } from "../config/config.ts";
import { isRoomName } from "../config/names.ts";
import { matchesPattern, type UserPattern } from "../config/pattern.ts";
import type { UserId } from "../incident/ids.ts";
import type { Policy } from "../incident/policy.ts";
import { Rosters } from "./rosters.ts";
import type { Rules } from "./service.ts";

/**
 * The configuration as the workers and the core know it.
 *
 * @param rosters who is in the rooms that make eligible; nobody where not given
 */
export function rulesOf(config: Config, bot: UserId, rosters = new Rosters()): Rules {
  return {
    policy: policyOf(config, bot, rosters),
    serverName: config.homeserver.serverName,
    prefixes: config.commands.prefixes,
    timeZone: config.rooms.timeZone,
    roomVersion: config.rooms.version,
    federate: config.rooms.federate,
    lobbies: config.rooms.lobbies,
    rosters: rosterRooms(config),
    administratorsRoom: config.access.administratorsRoom,
    archiveFolder: config.archive.folder,
    archiveCopy: config.archive.copyTo,
    archiveReaders: config.archive.readableBy,
    superseded: config.archive.superseded,
    reviseAfterMs: config.archive.reviseAfterMs,
    maxAttachmentBytes: config.archive.maxAttachmentBytes,
    deniedTypes: config.archive.deniedTypes,
    staleAfterMs: config.commands.staleAfterMs,
  };
}

function policyOf(config: Config, bot: UserId, rosters: Rosters): Policy {
  const { access, roles, severities, reminders, playbooks, archive } = config;
  const among = (patterns: readonly UserPattern[], user: UserId) =>
    user !== bot && patterns.some((pattern) => matchesPattern(user, pattern));
  const mayHold = (role: string, user: UserId) =>
    (roles.definitions.get(role)?.eligible ?? []).some((item) =>
      isRoomName(item) ? user !== bot && rosters.has(item, user) : among([item], user),
    );
  return {
    roles: roles.definitions,
    acceptWithinMs: roles.acceptWithinMs,
    silentAfterMs: roles.silentAfterMs,
    vacancyFirstMs: roles.vacancyFirstMs,
    vacancyAgainMs: roles.vacancyAgainMs,
    ...cadences(severities),
    remindAgainMs: reminders.againMs,
    taskAnswerMs: reminders.taskAnswerMs,
    playbooks,
    graceMs: archive.graceMs,
    isMember: (user) => among(access.members, user),
    mayDeclare: (user) => among(access.declare, user),
    mayHold,
    isAdministrator: (user) => among(access.administrators, user),
  };
}

/** How often updates are due, for the severities that keep a cadence. */
function cadences(
  severities: Config["severities"],
): Pick<Policy, "updateEveryMs" | "updateEveryMitigatedMs"> {
  const given = (read: (cadence: Config["severities"]["sev1"]) => number | undefined) =>
    Object.fromEntries(
      Object.entries(severities).flatMap(([severity, cadence]) => {
        const every = read(cadence);
        return every === undefined ? [] : [[severity, every]];
      }),
    );
  return {
    updateEveryMs: given((cadence) => cadence.updateEveryMs),
    updateEveryMitigatedMs: given((cadence) => cadence.updateEveryMitigatedMs),
  };
}
