import type { Person } from "../../src/demo/person.ts";
import type { Entry } from "../../src/incident/entry.ts";
import { type IncidentId, incidentId, type RoomId, type UserId } from "../../src/incident/ids.ts";
import { type JsonObject, object, text } from "../../src/matrix/event.ts";
import { type EventId, isEventId } from "../../src/matrix/ids.ts";
import { newPerson } from "./homeserver.ts";
import { command, declare, isJoin } from "./incident-room.ts";
import { type Installation, journal, until } from "./service.ts";

/** The default roles. */
export const roles = ["commander", "deputy", "scribe", "comms", "ops", "responder", "observer"] as const;
type RoleName = (typeof roles)[number];

/** The room of an incident, seen from outside the service. */
export class RoleRoom {
  readonly installation: Installation;
  readonly room: RoomId;
  readonly incident: IncidentId = incidentId(1);
  /** Somebody in each role, called like it. */
  readonly people: Readonly<Record<RoleName, Person>>;

  /** For {@link newRoleRoom}. */
  constructor(installation: Installation, room: RoomId, people: Readonly<Record<RoleName, Person>>) {
    this.installation = installation;
    this.room = room;
    this.people = people;
  }

  /** Has the commander invite people, and waits until they are in the room. */
  async admit(people: readonly Person[], role: RoleName = "responder"): Promise<void> {
    const { commander } = this.people;
    const names = people.map(({ userId }) => userId).join(" ");
    await command(commander, this.room, this.installation.bot, `!inc invite ${names} as ${role}`);
    await Promise.all(people.map((person) => this.enter(person)));
  }

  /** Waits for somebody's invitation and accepts it. */
  async enter(person: Person): Promise<void> {
    const { room } = this;
    await person.waitForInvitation({ room });
    await person.join(room);
    await this.people.commander.waitFor((event) => isJoin(event, person.userId), { what: "the join", room });
  }

  /** A piece of the room's state as the homeserver has it. */
  state(type: string, key = ""): Promise<JsonObject> {
    return this.people.commander.state(this.room, type, key);
  }

  /** The event that made somebody's membership what it is. */
  async memberEvent(user: UserId): Promise<EventId> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(this.room)}/state/m.room.member`;
    const event = await this.people.commander.call("GET", `${path}/${encodeURIComponent(user)}?format=event`);
    if (!isEventId(event.event_id)) throw new Error(`${user} has no membership`);
    return event.event_id;
  }

  /** Waits until somebody is out of the room, their invitation too. */
  async isRidOf(user: UserId): Promise<void> {
    const isOut = async () => text(await this.state("m.room.member", user), "membership") === "leave";
    await until(isOut, `${user} being out of the room`);
  }

  /** Waits until the room's power levels are so. */
  async hasLevels(fits: (levels: JsonObject) => boolean): Promise<void> {
    await until(async () => fits(await this.state("m.room.power_levels")), "the power levels");
  }

  /** What the journal holds of one kind, oldest first. */
  async entries<T extends Entry["type"]>(type: T): Promise<readonly Extract<Entry, { type: T }>[]> {
    const all = await journal(this.installation.config, this.incident);
    return all.filter((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
  }
}

/** Declares an incident and brings somebody into each role of it. */
export async function newRoleRoom(installation: Installation): Promise<RoleRoom> {
  const { synapse, bot } = installation;
  const made = await Promise.all(roles.map(async (role) => [role, await newPerson(synapse, role)] as const));
  const people = Object.fromEntries(made) as Record<RoleName, Person>;
  const { commander, observer, ...others } = people;
  const { room } = await declare(commander, bot, "sev3 Payments fail");
  const place = new RoleRoom(installation, room, people);
  await command(commander, room, bot, "!inc accept");
  await place.admit(Object.values(others));
  await place.admit([observer], "observer");
  // What is typed in one room is handled in its order.
  const offered = ["deputy", "scribe", "comms", "ops"] as const;
  for (const role of offered) await commander.say(room, `!inc role ${role} ${people[role].userId}`);
  for (const role of offered) await people[role].say(room, "!inc accept");
  const inTheEnd = { commander: 60, deputy: 55, scribe: 50, comms: 50, ops: 20, responder: 10 };
  await place.hasLevels((levels) => {
    const users = object(levels, "users") ?? {};
    return Object.entries(inTheEnd).every(
      ([role, level]) => users[people[role as RoleName].userId] === level,
    );
  });
  return place;
}
