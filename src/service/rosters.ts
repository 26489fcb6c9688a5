import type { RoomId, UserId } from "../incident/ids.ts";
import {
  dropRosterMember,
  forgetRoster,
  type KnownRoster,
  knownRosters,
  noteRoster,
  noteRosterMember,
} from "../journal/rosters.ts";
import { text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import type { Queries } from "../store/store.ts";
import type { RoomName, Service } from "./service.ts";

interface Roster {
  /** Not there once the configuration names the roster no more: what happens in the room is not followed then. */
  readonly room?: RoomId;
  readonly members: Set<UserId>;
}

/** Who is eligible for roles by being in a room, in memory: the policy asks in the midst of a decision. */
export class Rosters {
  readonly #rosters = new Map<string, Roster>();

  /** Whether somebody is in the room that the configuration names so. Nobody is, where the bot is not. */
  has(name: string, user: UserId): boolean {
    return this.#rosters.get(name)?.members.has(user) ?? false;
  }

  /** The names under which the configuration knows a room as a roster. */
  namesOf(room: RoomId): readonly string[] {
    return [...this.#rosters].filter(([, roster]) => roster.room === room).map(([name]) => name);
  }

  set({ name, room, members }: KnownRoster): void {
    this.#rosters.set(name, { room, members: new Set(members) });
  }

  /** Somebody came into a room, or is in it no more. */
  move(room: RoomId, user: UserId, isIn: boolean): void {
    for (const name of this.namesOf(room)) {
      const members = this.#rosters.get(name)?.members;
      if (isIn) members?.add(user);
      else members?.delete(user);
    }
  }

  drop(name: string): void {
    this.#rosters.delete(name);
  }

  /**
   * The configuration names a roster no more. Whoever still decides by the configuration of before finds it as it
   * was; nobody else asks for it.
   */
  retire(name: string): void {
    const members = this.#rosters.get(name)?.members;
    if (members !== undefined) this.#rosters.set(name, { members });
  }
}

/** The rosters of these names as they were when the service was last here. */
export async function loadRosters(db: Queries, names: readonly string[]): Promise<Rosters> {
  const rosters = new Rosters();
  for (const known of await knownRosters(db)) if (names.includes(known.name)) rosters.set(known);
  return rosters;
}

/** Asks the homeserver who is in a roster room. */
export async function readRoster(service: Service, name: string, room: RoomId): Promise<void> {
  // Who comes or goes meanwhile is heard of afterwards, or in what is read.
  await service.locks.hold(room, async () => {
    const state = await service.homeserver.readState(room);
    const joined = state.filter(
      ({ type, content }) => type === "m.room.member" && text(content, "membership") === "join",
    );
    const members = new Set(joined.map((event) => event.state_key).filter(isUserId));
    await noteRoster(service.db, { name, room, members });
    service.rosters.set({ name, room, members });
  });
}

/** Somebody came into a room or left it, which may be a roster. */
export async function hearOfMember(
  service: Service,
  room: RoomId,
  user: UserId,
  isIn: boolean,
): Promise<void> {
  await service.locks.hold(room, async () => {
    if (service.rosters.namesOf(room).length === 0) return;
    await (isIn ? noteRosterMember : dropRosterMember)(service.db, room, user);
    service.rosters.move(room, user, isIn);
  });
}

/** Nobody is eligible any more through the room of this name. */
export async function dropRoster(service: Service, name: string): Promise<void> {
  service.rosters.drop(name);
  await forgetRoster(service.db, name);
}

/** Drops every roster but those of these names. */
export async function keepRosters(service: Service, names: readonly RoomName[]): Promise<void> {
  const { db, rosters, rules } = service;
  const kept: readonly string[] = names;
  const named: readonly string[] = rules.rosters;
  for (const { name } of await knownRosters(db)) {
    if (kept.includes(name)) continue;
    if (named.includes(name)) rosters.drop(name);
    else rosters.retire(name);
    await forgetRoster(db, name);
  }
}
