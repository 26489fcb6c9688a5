import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster } from "../incident/incident.ts";
import { mayPostLateLevel, mayPostLevel, type Policy } from "../incident/policy.ts";

/** The content of `m.room.power_levels` (client-server API), always whole: what is left out would be reset. */
export interface PowerLevels {
  readonly users: Readonly<Record<UserId, number>>;
  readonly users_default: number;
  readonly events: Readonly<Record<string, number>>;
  readonly events_default: number;
  readonly state_default: number;
  readonly invite: number;
  readonly kick: number;
  readonly ban: number;
  readonly redact: number;
  /** Insertion of history (MSC2716): Synapse adds it to what is created without it. */
  readonly historical: number;
  readonly notifications: { readonly room: number };
}

/** Nobody human is ever above this. */
export const highestHuman = 60;
/** Out of reach for every human. */
const service = 100;
/** The bot where the room's creator has no power of its own (up to room version 11). */
const bot = 1000;

/** Levels of single event types while the incident runs. What is state and not named here is out of reach. */
const running: Readonly<Record<string, number>> = {
  "m.room.pinned_events": 50,
  "m.room.redaction": mayPostLevel,
  "m.reaction": mayPostLevel,
  "m.call.member": mayPostLevel,
  "org.matrix.msc3401.call.member": mayPostLevel,
  "m.room.tombstone": 150,
};

/**
 * Who may do what in an incident's room: roles as power. Three shapes: while it runs, when it is over
 * (commander and deputy still speak), and from its lock on (nobody does).
 *
 * @param roomVersion in version 12 the creator's power is above all levels and must not be listed
 */
export function planPowerLevels(
  incident: Incident,
  policy: Policy,
  botUser: UserId,
  roomVersion: string,
): PowerLevels {
  const locked = isLocked(incident);
  const floor = floorOf(incident);
  const atLeast = (level: number) => Math.max(level, floor);
  const creator = Number(roomVersion) >= 12 ? {} : { [botUser]: bot };
  return {
    users: { ...(locked ? {} : levelsOf(incident, policy)), ...creator },
    users_default: 0,
    events: Object.fromEntries(Object.entries(running).map(([type, level]) => [type, atLeast(level)])),
    events_default: levelToPost(incident),
    state_default: service,
    invite: atLeast(mayPostLateLevel),
    kick: atLeast(mayPostLateLevel),
    ban: service,
    redact: service,
    historical: service,
    notifications: { room: atLeast(50) },
  };
}

/** The level from which on somebody may write in an incident's room. */
export function levelToPost(incident: Incident): number {
  return Math.max(mayPostLevel, floorOf(incident));
}

/** What nothing that people do is allowed below, by the shape of the room. */
function floorOf(incident: Incident): number {
  if (isLocked(incident)) return service;
  return incident.state === "over" || incident.state === "cancelled" ? mayPostLateLevel : 0;
}

/** Whether the room is closing or closed: nothing a human says can come any more. */
export function isLocked(incident: Incident): boolean {
  return incident.closing !== undefined || incident.state === "archived";
}

/** Everyone's level: the highest of their roles, and enough to answer while a role is offered. */
function levelsOf(incident: Incident, policy: Policy): Readonly<Record<UserId, number>> {
  const levels = new Map<UserId, number>();
  const raise = (user: UserId, level: number) => {
    if (isOnRoster(incident, user)) levels.set(user, Math.max(levels.get(user) ?? 0, level));
  };
  for (const [role, holdings] of Object.entries(incident.roles)) {
    const level = Math.min(policy.roles.get(role)?.level ?? 0, highestHuman);
    for (const { user } of holdings) raise(user, level);
  }
  // Who offered themselves is not asked anything, and gains nothing by it.
  for (const { user, kind } of incident.offers) if (kind !== "volunteered") raise(user, mayPostLevel);
  return Object.fromEntries(
    [...levels].filter(([, level]) => level > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * The planned levels as far as the bot can bring them about. Up to room version 11 an administrator of the
 * homeserver can give somebody the bot's own level, and nobody lowers an equal (authorization rules,
 * `m.room.power_levels`): that level stays, and everything else is as planned.
 */
export function withEquals(planned: Content, actual: Content): Content {
  return { ...planned, users: { ...usersOf(planned), ...equalsOfBot(planned, actual) } };
}

/** Who has the bot's own level without being the bot; from room version 12 on nobody can. */
export function equalsOfBot(planned: Content, actual: Content): Readonly<Record<string, unknown>> {
  const highest = Object.values(usersOf(planned)).some((level) => level === bot)
    ? bot
    : Number.POSITIVE_INFINITY;
  return Object.fromEntries(
    Object.entries(usersOf(actual)).filter(
      ([user, level]) => usersOf(planned)[user] !== bot && Number(level) >= highest,
    ),
  );
}

type Content = Readonly<Record<string, unknown>>;

function usersOf({ users }: Content): Readonly<Record<string, unknown>> {
  return typeof users === "object" && users !== null ? { ...users } : {};
}
