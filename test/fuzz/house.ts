import type { IncidentId } from "../../src/incident/ids.ts";
import { notePlace } from "../../src/journal/known-rooms.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import type { Homeserver } from "../../src/matrix/ports.ts";
import type { Service } from "../../src/service/service.ts";
import type { Change, Queries } from "../../src/store/store.ts";
import { idOf, pastOf, type Stage } from "../support/cast.ts";
import { openCastService, writePast } from "../support/cast-service.ts";
import { noon } from "../support/incident.ts";
import { scratchFolder } from "./scratch.ts";

export const lobby: RoomId = "!lobby";
export const direct: RoomId = "!direct";

/** The service from the inbox down, on a database of its own, as far as nothing is sent. */
export async function openHouse(
  stack: AsyncDisposableStack,
  homeserver: Homeserver,
  log: Service["log"],
): Promise<Service> {
  const folder = await scratchFolder(stack);
  const { service, close } = await openCastService(folder, { homeserver, log, now: () => noon });
  stack.defer(close);
  return service;
}

/** A new incident at a stage, with everyone in their place. */
export function openScene(service: Service, stage: Stage): Promise<IncidentId> {
  return service.db
    .transaction()
    .execute((change) => writePast(change, service, (id) => pastOf(stage, "commander", roomOf(id))));
}

export function roomOf(id: IncidentId): RoomId {
  return `!room-of-${id}`;
}

const ofIncidents = [
  "timer",
  "heard",
  "member",
  "entry",
  "outbox",
  "inbox",
  "attachment",
  "room_state",
  "own_write",
  "incident",
  "place",
] as const;

/** Leaves nothing of any incident, and the bot in a lobby and in one direct chat, so that every input finds the same. */
export async function tidy(db: Queries): Promise<void> {
  await db.transaction().execute(async (change: Change) => {
    for (const table of ofIncidents) await change.deleteFrom(table).execute();
    await notePlace(change, lobby, { kind: "lobby" }, noon);
    await notePlace(change, direct, { kind: "direct", user: idOf("commander") }, noon);
  });
}
