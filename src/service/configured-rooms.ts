import type { RoomId } from "../incident/ids.ts";
import { administratorsRoom, noteAdministratorsRoom } from "../journal/installation.ts";
import { findPlace, forgetPlace, keepLobbies, notePlace } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { isRoomAlias, type RoomAlias } from "../matrix/ids.ts";
import { enterRoom, isInside } from "./door.ts";
import { dropRoster, keepRosters, readRoster } from "./rosters.ts";
import type { RoomName, Rules, Service } from "./service.ts";

/** Held while it changes which of the configured rooms the bot is in. */
const lock = "configured rooms";

/**
 * Joins the rooms that the configuration names: lobbies, rosters, and where the administrators are told.
 * Where the bot is not let in, the name stands for no room until it is invited there.
 */
export async function joinConfiguredRooms(service: Service): Promise<void> {
  const { db, rules, locks } = service;
  await locks.hold(lock, async () => {
    const entered = new Map<RoomName, RoomId>();
    for (const name of configuredRooms(rules)) {
      const room = await enterRoom(service, name);
      if (room === undefined) continue;
      entered.set(name, room);
      await takeUp(service, name, room);
    }
    // What was so when the service was last here may be so no more.
    const inside = (names: readonly RoomName[]) => names.flatMap((name) => entered.get(name) ?? []);
    await keepLobbies(db, inside(rules.lobbies));
    await keepRosters(
      service,
      rules.rosters.filter((name) => entered.has(name)),
    );
    if (inside(administration(rules)).length === 0) await noteAdministratorsRoom(db, undefined);
  });
}

/**
 * Enters a room to which the bot was invited, by whomever, where the configuration names it.
 *
 * @returns whether it does
 */
export async function enterIfConfigured(service: Service, room: RoomId): Promise<boolean> {
  const names: RoomName[] = [];
  for (const name of configuredRooms(service.rules)) {
    if (name === room || (isRoomAlias(name) && (await leadsTo(service, name)) === room)) names.push(name);
  }
  if (names.length === 0) return false;
  await service.locks.hold(lock, async () => {
    if ((await enterRoom(service, room)) === undefined) return;
    for (const name of names) await takeUp(service, name, room);
  });
  return true;
}

/** Somebody took the bot out of a room; but it may have been brought back since. */
export async function giveUpRoom(service: Service, room: RoomId): Promise<void> {
  const { db, rosters, locks } = service;
  await locks.hold(lock, async () => {
    const names = rosters.namesOf(room);
    const tells = (await administratorsRoom(db)) === room;
    const known = tells || names.length > 0 || (await findPlace(db, room)) !== undefined;
    if (!known || (await isInside(service, room))) return;
    await forgetPlace(db, room);
    for (const name of names) await dropRoster(service, name);
    if (tells) await noteAdministratorsRoom(db, undefined);
  });
}

/** Uses a room for what the configuration names it for, which may be several things. */
async function takeUp(service: Service, name: RoomName, room: RoomId): Promise<void> {
  const { db, rules } = service;
  if (rules.lobbies.includes(name)) await notePlace(db, room, { kind: "lobby" }, service.now());
  if (rules.rosters.includes(name)) await readRoster(service, name, room);
  if (rules.administratorsRoom === name) await noteAdministratorsRoom(db, room);
}

function configuredRooms(rules: Rules): ReadonlySet<RoomName> {
  return new Set([...rules.lobbies, ...rules.rosters, ...administration(rules)]);
}

function administration({ administratorsRoom }: Rules): readonly RoomName[] {
  return administratorsRoom === undefined ? [] : [administratorsRoom];
}

/** The room of an alias; `undefined` also where another homeserver, to which it belongs, cannot be asked. */
async function leadsTo({ homeserver }: Service, alias: RoomAlias): Promise<RoomId | undefined> {
  return homeserver.resolveAlias(alias).catch((error: unknown) => {
    if (error instanceof HomeserverError && (error.kind === "refused" || error.kind === "server"))
      return undefined;
    throw error;
  });
}
