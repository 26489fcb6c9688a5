import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { knownState } from "../journal/known-rooms.ts";
import { eventOf } from "../journal/outbox.ts";
import { writesUnderWay } from "../journal/own-writes.ts";
import { spokenIn } from "../journal/silencing.ts";
import { type RoomEvent, text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import { beyondReach, isAsPlanned, isInOrder } from "../room/difference.ts";
import { type ActualState, type DesiredRoom, planRoom } from "../room/plan.ts";
import { stateName } from "../room/state-name.ts";
import { cleanText } from "../text/clean.ts";
import { changeIncident } from "./change.ts";
import { isSealed } from "./removable.ts";
import { forgetRemoved } from "./removed-content.ts";
import { archiveKeyOf, cardKey, fullAlias, type Service } from "./service.ts";
import { viewOf } from "./view.ts";

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
  const state = { type: event.type, stateKey, content: event.content };
  const echo = await findEcho(service, event, state);
  const drift = echo === undefined ? await driftOf(service, event, state, here) : undefined;
  const isNews = event.type === "m.room.member" || drift !== undefined || event.sender !== service.bot;
  const occasion = {
    cause: event.event_id,
    actor: isTheirDoing(event, stateKey) ? event.sender : ("cordon" as const),
    eventAt: event.origin_server_ts,
    inbox,
    state: isNews ? [{ ...(await stillNamed(service, event, state)), sender: event.sender }] : [],
    ...(echo === undefined ? {} : { echo }),
  };
  await changeIncident(service, here.incident.id, occasion, (stored) => {
    if (stored === undefined) return { facts: [] };
    const seen = drift ?? observation(event, stateKey, service.bot, stored.incident);
    return {
      facts:
        seen === undefined
          ? []
          : observe(stored.incident, seen, { at: event.origin_server_ts, policy: service.rules.policy }),
    };
  });
}

/**
 * A redaction in an incident's room. A message on the timeline loses its words by it. Where it blanks a piece of
 * state, no event says what the room has become by it: the homeserver is asked, and from there on it is a
 * change like any other.
 */
export async function handleRedaction(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<void> {
  const { redacts } = event;
  const target =
    redacts === undefined ? undefined : await service.homeserver.getEvent(event.room_id, redacts);
  if (redacts !== undefined) await forgetRemoved(service, redacts, target, here.incident);
  const state = await blanked(service, target);
  const drift = state === undefined ? undefined : await driftOf(service, event, state, here);
  const occasion = {
    cause: event.event_id,
    actor: "cordon",
    eventAt: event.origin_server_ts,
    inbox,
    state: state === undefined ? [] : [{ ...state, sender: event.sender }],
  } as const;
  const seen = [drift, await removal(service, event, here)].filter((each) => each !== undefined);
  await changeIncident(service, here.incident.id, occasion, (stored) => {
    if (stored === undefined) return { facts: [] };
    const moment = { at: event.origin_server_ts, policy: service.rules.policy };
    return { facts: seen.flatMap((each) => observe(stored.incident, each, moment)) };
  });
}

/** What a redaction takes away from what is kept of the room. */
async function removal(
  { db }: Service,
  { redacts: message, sender: by }: RoomEvent,
  { incident }: StoredIncident,
): Promise<Observation | undefined> {
  if (message === undefined) return undefined;
  const spoken = (await spokenIn(db, incident.id, message)).length > 0;
  const sealed = await isSealed(db, incident, message);
  return { type: "message-removed", message, by, spoken, sealed };
}

/** The piece of state that a redaction was about, as it is now. Who is a member is not blanked by one. */
async function blanked(service: Service, target: RoomEvent | undefined): Promise<ActualState | undefined> {
  if (target?.state_key === undefined || target.type === "m.room.member") return undefined;
  const { type, state_key: stateKey, room_id: room } = target;
  const content = await service.homeserver.readStateEvent(room, type, stateKey);
  return content === undefined ? undefined : { type, stateKey, content };
}

/** Who leaves is still called what they were called: the event of their leaving has no name in it. */
async function stillNamed(service: Service, event: RoomEvent, state: ActualState): Promise<ActualState> {
  const isLeaving =
    state.type === "m.room.member" && !["join", "invite"].includes(String(state.content.membership));
  if (!isLeaving || state.content.displayname !== undefined) return state;
  const known = (await knownState(service.db, event.room_id)).find(
    ({ type, stateKey }) => type === state.type && stateKey === state.stateKey,
  );
  const displayname = text(known?.content, "displayname");
  return displayname === undefined ? state : { ...state, content: { ...state.content, displayname } };
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
  incident: Incident,
): Observation | undefined {
  if (event.type === "m.room.encryption") return { type: "room-encrypted" };
  if (event.type !== "m.room.member" || !isUserId(stateKey) || stateKey === bot) return undefined;
  switch (text(event.content, "membership")) {
    case "invite":
      return event.sender === bot ? undefined : { type: "member-invited", user: stateKey, by: event.sender };
    case "join":
      return { type: "member-joined", user: stateKey };
    case "leave":
    case "ban": {
      // The bot lifts a ban, or took somebody out who has been wanted again since: they are still to come.
      if (event.sender === bot && incident.people[stateKey]?.standing === "wanted") return undefined;
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
async function findEcho(service: Service, event: RoomEvent, state: ActualState): Promise<number | undefined> {
  if (event.sender !== service.bot) return undefined;
  const writes = await writesUnderWay(service.db, event.room_id, state.type, state.stateKey);
  // The event may have been quicker than the homeserver's answer: then the content tells.
  const write =
    writes.find((each) => each.event_id === event.event_id) ??
    writes.find((each) => {
      const written = { ...state, content: JSON.parse(each.content) };
      return each.event_id === null && isAsPlanned(written, state.content);
    });
  return write?.seq;
}

/** What it is to see that somebody wrote or blanked a piece of state; `undefined` where it is as planned. */
async function driftOf(
  service: Service,
  event: RoomEvent,
  state: ActualState,
  here: StoredIncident,
): Promise<Observation | undefined> {
  const plan = await planFor(service, here);
  if (plan === undefined || isInOrder(plan, state)) return undefined;
  const { sender: by, event_id } = event;
  const beyond = beyondReach(plan, state);
  return {
    type: "drifted",
    what: stateName(state.type),
    by,
    event: event_id,
    ...(beyond.length === 0 ? {} : { beyond }),
  };
}

/** The plan of an incident's room, `undefined` while there is none. */
export async function planFor(
  service: Pick<Service, "db" | "rules" | "bot" | "signingKey">,
  here: StoredIncident,
): Promise<DesiredRoom | undefined> {
  const { incident, alias } = here;
  if (incident.room === undefined) return undefined;
  return planRoom(incident, {
    policy: service.rules.policy,
    view: await viewOf(service, service.db, incident),
    bot: service.bot,
    roomVersion: incident.room.version,
    alias: fullAlias(service, alias),
    card: await eventOf(service.db, cardKey(incident.id)),
    archiveKey: archiveKeyOf(service),
  });
}
