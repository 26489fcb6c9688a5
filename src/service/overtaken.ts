import type { RoomId } from "../incident/ids.ts";
import { isKnown } from "../journal/inbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import type { StateReader } from "../matrix/ports.ts";
import type { Service } from "./service.ts";

interface Looking extends Pick<Service, "db" | "bot"> {
  readonly homeserver: Pick<StateReader, "readState">;
}

/**
 * The changes of state among events that were fetched too late: what they changed has been changed again
 * since, and that was heard of already. Handled now, they would undo what is newer. What the service itself
 * wrote is among them only where it is about people: of all else only that it has come back is noted.
 *
 * @param events of one room, none of them known so far
 */
export async function overtakenAmong(
  service: Looking,
  room: RoomId,
  events: readonly RoomEvent[],
): Promise<ReadonlySet<RoomEvent>> {
  const changes = events.filter(
    ({ type, sender, state_key }) =>
      state_key !== undefined && (sender !== service.bot || type === "m.room.member"),
  );
  if (changes.length === 0) return new Set();
  const state = await service.homeserver.readState(room);
  const present = new Map(state.map((event) => [nameOf(event), event.event_id]));
  const known = await isKnown(service.db, [...present.values()]);
  return new Set(changes.filter((event) => known.has(present.get(nameOf(event)) ?? "")));
}

/** What a state event is about. Room ids and types hold no such character. */
function nameOf({ type, state_key }: RoomEvent): string {
  return `${type}\u0000${state_key}`;
}
