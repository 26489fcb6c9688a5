import type { UserId } from "../incident/ids.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { eventOf } from "../journal/outbox.ts";
import { writesUnderWay } from "../journal/own-writes.ts";
import { type RoomEvent, text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import { isAsPlanned, stateName } from "../room/difference.ts";
import { type DesiredRoom, planRoom } from "../room/plan.ts";
import { cleanText } from "../text/clean.ts";
import { changeIncident, viewOf } from "./change.ts";
import { cardKey, fullAlias, type Service } from "./service.ts";

/**
 * A change of state in an incident's room: somebody joined or left, or the room is no longer as planned.
 * What the service itself wrote is known already, and its echo may be older than what it wrote since; what
 * somebody wrote in the bot's name is as foreign as anything else.
 */
export async function handleRoomState(
  service: Service,
  event: RoomEvent,
  stateKey: string,
  inbox: number,
  here: StoredIncident,
): Promise<void> {
  const { incident } = here;
  const member = event.type === "m.room.member";
  const heard = { type: event.type, stateKey, content: event.content, sender: event.sender };
  const echo = await findEcho(service, event, stateKey);
  const drifted = echo === undefined && !member && (await isDrift(service, event, stateKey, here));
  const occasion = {
    cause: event.event_id,
    actor: isTheirDoing(event, stateKey) ? event.sender : ("cordon" as const),
    eventAt: event.origin_server_ts,
    inbox,
    state: member || drifted || event.sender !== service.bot ? [heard] : [],
    ...(echo === undefined ? {} : { echo }),
  };
  await changeIncident(service, incident.id, occasion, (stored) => {
    if (stored === undefined) return { facts: [] };
    const seen = observation(event, stateKey, service.bot, drifted);
    return { facts: seen === undefined ? [] : observe(stored.incident, seen, service.rules.policy) };
  });
}

/** People act when they join, leave or invite; what is put back is the service's doing. */
function isTheirDoing(event: RoomEvent, stateKey: string): boolean {
  return (
    event.type === "m.room.member" &&
    (event.sender === stateKey || text(event.content, "membership") === "invite")
  );
}

function observation(
  event: RoomEvent,
  stateKey: string,
  bot: UserId,
  drifted: boolean,
): Observation | undefined {
  if (event.type === "m.room.encryption") return { type: "room-encrypted" };
  if (drifted)
    return { type: "drifted", what: stateName(event.type), by: event.sender, event: event.event_id };
  if (event.type !== "m.room.member" || !isUserId(stateKey) || stateKey === bot) return undefined;
  switch (text(event.content, "membership")) {
    case "invite":
      return event.sender === bot ? undefined : { type: "member-invited", user: stateKey, by: event.sender };
    case "join":
      return { type: "member-joined", user: stateKey };
    case "leave":
    case "ban": {
      const reason = text(event.content, "reason");
      return {
        type: "member-left",
        user: stateKey,
        by: event.sender,
        ...(reason === undefined ? {} : { reason: cleanText(reason) }),
      };
    }
    default:
      return undefined;
  }
}

/** The write of the service's own that an event is, `undefined` where somebody else wrote it. */
async function findEcho(service: Service, event: RoomEvent, stateKey: string): Promise<number | undefined> {
  const { type, content } = event;
  if (event.sender !== service.bot) return undefined;
  const writes = await writesUnderWay(service.db, event.room_id, type, stateKey);
  // The event may have been quicker than the homeserver's answer: then the content tells.
  const write =
    writes.find((each) => each.event_id === event.event_id) ??
    writes.find((each) => {
      const written = { type, stateKey, content: JSON.parse(each.content) };
      return each.event_id === null && isAsPlanned(written, content);
    });
  return write?.seq;
}

/** Whether a piece of state that somebody else wrote is one that the service keeps, and not as planned. */
async function isDrift(
  service: Service,
  event: RoomEvent,
  stateKey: string,
  here: StoredIncident,
): Promise<boolean> {
  const plan = await planFor(service, here);
  const desired = plan?.state.find((state) => state.type === event.type && state.stateKey === stateKey);
  return desired !== undefined && !isAsPlanned(desired, event.content);
}

/** The plan of an incident's room, `undefined` while there is none. */
export async function planFor(service: Service, here: StoredIncident): Promise<DesiredRoom | undefined> {
  const { incident, alias } = here;
  if (incident.room === undefined) return undefined;
  return planRoom(incident, {
    policy: service.rules.policy,
    view: await viewOf(service, service.db, incident),
    bot: service.bot,
    roomVersion: incident.room.version,
    alias: fullAlias(service, alias),
    card: await eventOf(service.db, cardKey(incident.id)),
  });
}
