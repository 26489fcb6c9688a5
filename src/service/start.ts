import type { EventId, RoomId } from "../incident/ids.ts";
import * as attachments from "../journal/attachments.ts";
import { unsettledArchives } from "../journal/deliveries.ts";
import { waitingRooms } from "../journal/inbox.ts";
import { openIncidents, unkeptIncidents } from "../journal/incidents.ts";
import { aliasOf, installation, nextHeartbeat } from "../journal/installation.ts";
import * as outbox from "../journal/outbox.ts";
import { joinConfiguredRooms } from "./configured-rooms.ts";
import { createOrFind } from "./door.ts";
import type { Service } from "./service.ts";
import { makeBot, pingThrough } from "./tokens.ts";

/** The state event whose changing value wakes a homeserver that has stopped bringing events. */
const heartbeatType = "org.cordon.heartbeat";

/** The homeserver is there again: what was put off because it was away goes on now. */
export async function goOn(service: Service): Promise<void> {
  await Promise.all([outbox.forgetPauses(service.db), attachments.forgetPauses(service.db)]);
  await wakeAll(service);
}

/**
 * Wakes every worker that may have something to do: at start, after the homeserver was away, and where other rules are
 * in force.
 */
export async function wakeAll(service: Service): Promise<void> {
  for (const room of await waitingRooms(service.db)) service.bells.inbox(room);
  for (const room of await outbox.roomsToServe(service.db)) service.bells.outbox(room);
  for (const id of await openIncidents(service.db)) service.bells.incident(id);
  for (const id of await unkeptIncidents(service.db)) service.bells.incident(id);
  for (const id of await attachments.incidentsWaiting(service.db)) service.bells.attachments(id);
  for (const id of await unsettledArchives(service.db)) service.bells.archive(id);
  service.bells.timers();
}

/**
 * Makes this service known to the homeserver: the bot, its device, and that it is there again. A homeserver
 * that had put us off goes on at the ping; Synapse after its own restart only at a heartbeat.
 *
 * @throws TokenRefusal where the two sides do not have the same registration
 */
export async function reportForDuty(service: Service, appserviceId: string): Promise<void> {
  const { homeserver } = service;
  await pingThrough(homeserver, appserviceId, `cordon-${service.now()}`);
  await makeBot(homeserver);
  await joinConfiguredRooms(service);
}

/**
 * Sends a heartbeat: an event that the homeserver has to bring back, and with it everything it holds.
 *
 * @returns the event to wait for
 */
export async function beat(service: Service): Promise<EventId> {
  const room = await heartbeatRoom(service);
  const beats = await nextHeartbeat(service.db, room);
  return service.homeserver.writeState(room, heartbeatType, "", { beats });
}

/** A room of the bot's own, made once. */
async function heartbeatRoom(service: Service): Promise<RoomId> {
  const known = (await installation(service.db, service.now())).heartbeatRoom;
  if (known !== undefined) return known;
  const alias = aliasOf(service.aliasKey, "heartbeat");
  const { room } = await createOrFind(service, alias, {
    preset: "private_chat",
    visibility: "private",
    room_alias_name: alias,
    room_version: service.rules.roomVersion,
    creation_content: { "m.federate": false },
    power_level_content_override: { invite: 100 },
  });
  return room;
}
