import { isDeepStrictEqual } from "node:util";
import type { RoomId } from "../incident/ids.ts";
import { isKnown, keep, nextInRoom } from "../journal/inbox.ts";
import { incidentOfRoom } from "../journal/incidents.ts";
import { knownState, noteState } from "../journal/known-rooms.ts";
import type { RoomEvent } from "../matrix/event.ts";
import type { Service } from "./service.ts";

/**
 * Compares what is known of the state of an incident's room with what it is: homeservers that disagree settle
 * on a state without any event that says so (server-server API, "Room state resolution"). State that never
 * came is handled like any event; what had come before and counts again is noted, for the room keeper to judge.
 *
 * @returns whether it could be compared: not while events of the room still wait to be handled
 */
export async function repairState(service: Service, room: RoomId): Promise<boolean> {
  const { db, homeserver } = service;
  const here = await incidentOfRoom(db, room);
  if (here === undefined) return true;
  if ((await nextInRoom(db, room)) !== undefined) return false;
  const before = await knownState(db, room);
  const present = await homeserver.readState(room);
  const known = new Map(before.map(({ type, stateKey, content }) => [`${type}\u0000${stateKey}`, content]));
  const different = present.filter(
    (event) => !isDeepStrictEqual(known.get(`${event.type}\u0000${event.state_key}`), event.content),
  );
  const came = await isKnown(
    db,
    different.map((event) => event.event_id),
  );
  await keep(db, different.filter((event) => !came.has(event.event_id)).map(asArrival), service.now());
  for (const { type, state_key: stateKey = "", content, sender, event_id } of different) {
    if (came.has(event_id)) await noteState(db, room, { type, stateKey, content, sender });
  }
  if (different.length > 0) {
    service.bells.inbox(room);
    service.bells.incident(here.incident.id);
  }
  return true;
}

function asArrival(event: RoomEvent) {
  return { eventId: event.event_id, roomId: event.room_id, json: JSON.stringify(event) };
}
