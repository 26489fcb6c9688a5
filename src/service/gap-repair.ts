import type { RoomId } from "../incident/ids.ts";
import { type Arrival, isKnown, keep } from "../journal/inbox.ts";
import { decodeEvent, isMalformed } from "../matrix/event.ts";
import type { Service } from "./service.ts";

/**
 * Fetches what the homeserver has of a room and never brought, since a transaction that it loses is lost
 * for good: walks back from the newest event to the first one known, and puts what is missing into the
 * inbox in its order.
 *
 * @returns how many events were missing
 */
export async function repairGap(service: Service, room: RoomId): Promise<number> {
  const missing: Arrival[] = [];
  let from: string | undefined;
  for (let limit = 20; ; limit = 500) {
    const page = await service.homeserver.readMessages(room, {
      dir: "b",
      limit,
      format: "client",
      ...(from === undefined ? {} : { from }),
    });
    const arrivals = page.events.flatMap(readable);
    const known = await isKnown(
      service.db,
      arrivals.flatMap((arrival) => arrival.eventId ?? []),
    );
    const unknown = arrivals.filter((arrival) => !known.has(arrival.eventId ?? ""));
    missing.push(...unknown);
    const reachedKnown = unknown.length < arrivals.length;
    if (reachedKnown || page.end === undefined || page.end === from) break;
    from = page.end;
  }
  if (missing.length === 0) return 0;
  await keep(service.db, missing.reverse(), service.now());
  service.bells.inbox(room);
  return missing.length;
}

function readable(value: unknown): readonly Arrival[] {
  const event = decodeEvent(value);
  if (isMalformed(event)) return [];
  return [{ eventId: event.event_id, roomId: event.room_id, json: JSON.stringify(value) }];
}
