import { type IncidentId, incidentId, parseIncidentId, type RoomId } from "../incident/ids.ts";
import { isReadAgain } from "../incident/incident.ts";
import { loadIncident } from "../journal/incidents.ts";
import { administratorsRoom, aliasOf } from "../journal/installation.ts";
import { put } from "../journal/outbox.ts";
import { nextNumber, raiseNextNumber, strangeAmong } from "../journal/restored.ts";
import { text } from "../matrix/event.ts";
import { incidentKey } from "../room/plan.ts";
import { strangeRoomWords } from "../words/restored.ts";
import { messageContent } from "../words/rich.ts";
import { knowsMore } from "./restored-witness.ts";
import { fullAlias, type Service } from "./service.ts";

/** The rooms that the bot is in and the database does not know. */
export interface Strangers {
  /** Those that were made for an incident which has no room in the journal, by its id. */
  readonly incidents: ReadonlyMap<IncidentId, RoomId>;
  /** All others, such as direct chats. */
  readonly others: readonly RoomId[];
}

/** Looks for rooms that were made, or entered, and are not in the database. */
export async function findStrangers(service: Service): Promise<Strangers> {
  const incidents = new Map<IncidentId, RoomId>();
  const others: RoomId[] = [];
  for (const room of await strangeAmong(service.db, await service.homeserver.joinedRooms())) {
    const id = await incidentOf(service, room);
    if (id === undefined) others.push(room);
    else if (await isWithout(service, id, room)) incidents.set(id, room);
  }
  return { incidents, others };
}

/**
 * Whether an incident is not in the journal, or has no room there though more was said in it: what was read again
 * was interrupted. A room that was just made, before a crash, is found by who makes rooms.
 */
async function isWithout(service: Service, id: IncidentId, room: RoomId): Promise<boolean> {
  const incident = (await loadIncident(service.db, id))?.incident;
  if (incident === undefined) return true;
  return incident.room === undefined && (isReadAgain(incident) || (await knowsMore(service, incident, room)));
}

/** The incident that a room was made for, by this bot. */
async function incidentOf({ homeserver, bot }: Service, room: RoomId): Promise<IncidentId | undefined> {
  const created = await homeserver.readStateEvent(room, "m.room.create", "");
  const id = parseIncidentId(text(created, incidentKey) ?? "");
  if (id === undefined) return undefined;
  const state = await homeserver.readState(room);
  return state.some(({ type, sender }) => type === "m.room.create" && sender === bot) ? id : undefined;
}

/**
 * Sees to it that no number is given out again: an incident with one that has been used would take over the
 * room of the other. A room may be there that the bot is not in any more; its alias still is.
 */
export async function skipNumbers(service: Service, { incidents }: Strangers): Promise<void> {
  const { db, homeserver, aliasKey } = service;
  const used = [...incidents.keys()].map((id) => Number(id.slice("INC-".length)));
  let next = Math.max(await nextNumber(db), 1 + Math.max(0, ...used));
  while (
    (await homeserver.resolveAlias(fullAlias(service, aliasOf(aliasKey, incidentId(next))))) !== undefined
  ) {
    next += 1;
  }
  await raiseNextNumber(db, next);
}

/** Tells the administrators of rooms of incidents that could not be found again, and are left as they are. */
export async function nameStrangers(
  service: Service,
  { incidents }: Strangers,
  adopted: readonly IncidentId[],
): Promise<void> {
  const left = [...incidents].filter(([id]) => !adopted.includes(id));
  if (left.length === 0) return;
  service.log.error(
    { incidents: left },
    "rooms of incidents that are not in the database are left as they are",
  );
  const told = await administratorsRoom(service.db);
  if (told === undefined) return;
  await service.db.transaction().execute((change) =>
    put(
      change,
      left.map(([id, room]) => ({
        key: `restored/${id}/${room}`,
        roomId: told,
        type: "m.room.message",
        content: messageContent({ text: strangeRoomWords(id, room), tone: "page", mentionsRoom: true }),
      })),
    ),
  );
}
