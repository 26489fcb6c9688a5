import type { EventId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { cameAfter } from "../journal/inbox.ts";
import { eventOf } from "../journal/outbox.ts";
import { object, text } from "../matrix/event.ts";
import type { Queries } from "../store/store.ts";
import { cardKey, type Service } from "./service.ts";

/**
 * Whether something can be removed by command: what somebody said in its room and has not been removed yet.
 * The room's state and the card are what the service keeps in order, and stay; so do the seal and what came after it.
 */
export async function isRemovable(
  { db, homeserver }: Service,
  incident: Incident,
  message: EventId,
): Promise<boolean> {
  const { id, room, closing } = incident;
  if (room === undefined) return false;
  if (closing?.seal !== undefined && !(await isSealed(db, incident, message))) return false;
  const event = await homeserver.getEvent(room.id, message);
  if (event === undefined || event.state_key !== undefined || Object.keys(event.content).length === 0) {
    return false;
  }
  const card = await eventOf(db, cardKey(id));
  const about = text(object(event.content, "m.relates_to"), "event_id");
  return card === undefined || (message !== card && about !== card);
}

/** Whether an event of the room lies under its seal, and so in its archive. */
export async function isSealed(db: Queries, { closing }: Incident, event: EventId): Promise<boolean> {
  const seal = closing?.seal;
  return seal !== undefined && event !== seal && !(await cameAfter(db, event, seal));
}
