import type { EventId, IncidentId, RoomId } from "../incident/ids.ts";
import { eventOf } from "../journal/outbox.ts";
import { object, text } from "../matrix/event.ts";
import { cardKey, type Service } from "./service.ts";

/**
 * Whether something can be removed by command: what somebody said in this room and has not been removed yet.
 * The room's state and the card are what the service keeps in order, and stay.
 */
export async function isRemovable(
  { db, homeserver }: Service,
  room: RoomId,
  incident: IncidentId,
  message: EventId,
): Promise<boolean> {
  const event = await homeserver.getEvent(room, message);
  if (event === undefined || event.state_key !== undefined || Object.keys(event.content).length === 0) {
    return false;
  }
  const card = await eventOf(db, cardKey(incident));
  const about = text(object(event.content, "m.relates_to"), "event_id");
  return card === undefined || (message !== card && about !== card);
}
