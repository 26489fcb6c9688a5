import type { Entry } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { RoomId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Outgoing } from "../journal/outbox.ts";
import type { Said } from "../words/announcements.ts";
import { messageContent } from "../words/rich.ts";
import { briefKey, nameInOutbox, questionKey, redactionType } from "./service.ts";

/**
 * What is said because of a change, as messages for the outbox. Where there is no room for it, neither the
 * incident's nor one in which the administrators are told, nothing is.
 */
export function messagesOf(
  incident: Incident,
  said: readonly Said[],
  administrators: RoomId | undefined,
): readonly Outgoing[] {
  return said.flatMap((each) => {
    const room = each.to === "administrators" ? administrators : incident.room?.id;
    return room === undefined ? [] : messages(incident, each, room);
  });
}

function messages(incident: Incident, said: Said, room: RoomId): readonly Outgoing[] {
  const key = keyOf(incident, said);
  return [
    roomMessage(incident, key, room, { ...messageContent(said.message), ...questionOf(incident, said) }),
    ...(said.controls ?? []).map((control) => reaction(incident, `${key}/${control}`, room, key, control)),
  ];
}

/** What an answer to the message is about, so that a reaction under it can be understood. */
function questionOf({ id }: Incident, { offer, task }: Said): Readonly<Record<string, unknown>> {
  if (offer !== undefined) return { [questionKey]: { incident: id, about: "role", ...offer } };
  return task === undefined ? {} : { [questionKey]: { incident: id, about: "task", task } };
}

function keyOf(incident: Incident, { seq, to, brief }: Said): string {
  if (brief !== undefined) return briefKey(incident.id, brief);
  const key = `${nameInOutbox(incident)}/${seq}`;
  return to === undefined ? key : `${key}/${to}`;
}

/**
 * A message about an incident. Each carries the head of its journal: the room itself witnesses what the
 * journal was.
 */
export function roomMessage(
  incident: Incident,
  key: string,
  roomId: RoomId,
  content: Readonly<Record<string, unknown>>,
): Outgoing {
  const witnessed = { ...content, "org.cordon.journal": incident.head };
  return { key, roomId, incident: incident.id, type: "m.room.message", content: witnessed };
}

function reaction(incident: Incident, key: string, roomId: RoomId, about: string, emoji: string): Outgoing {
  const content = { "m.relates_to": { rel_type: "m.annotation", key: emoji } };
  return { key, roomId, incident: incident.id, type: "m.reaction", content, about };
}

/** The messages that somebody had removed. They go the way of messages, so that none is lost and none twice. */
export function redactionsOf(incident: Incident, entries: readonly Entry[]): readonly Outgoing[] {
  const roomId = incident.room?.id;
  if (roomId === undefined) return [];
  return entries.flatMap((entry): readonly Outgoing[] => {
    if (entry.type !== "redaction-ordered") return [];
    const { message: redacts } = entry.data;
    const key = `${nameInOutbox(incident)}/${entry.seq}/redaction`;
    const content = { redacts, reason: reasonOf(incident, entry) };
    return [{ key, roomId, incident: incident.id, type: redactionType, content }];
  });
}

/** Why it is removed. What comes after the seal is in no archived journal, so there it says also for whom. */
function reasonOf(
  { state }: Incident,
  { actor, data: { reason } }: Entry & FactOf<"redaction-ordered">,
): string {
  return state === "archived" ? `${reason} (asked for by ${actor})` : reason;
}
