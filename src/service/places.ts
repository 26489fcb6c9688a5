import type { UserId } from "../incident/ids.ts";
import { findPlace, forgetPlace, notePlace } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { type RoomEvent, text } from "../matrix/event.ts";
import type { Service } from "./service.ts";

/**
 * State in a room that is no incident's: somebody invites the bot, or leaves it alone. It joins direct
 * chats with members, and leaves every other room with one line.
 */
export async function handlePlaceEvent(service: Service, event: RoomEvent, stateKey: string): Promise<void> {
  if (event.type !== "m.room.member") return;
  const membership = text(event.content, "membership");
  if (stateKey === service.bot && membership === "invite") return invited(service, event);
  if (stateKey === service.bot && (membership === "leave" || membership === "ban")) {
    return forgetPlace(service.db, event.room_id);
  }
  const place = await findPlace(service.db, event.room_id);
  const partnerLeft = place?.user === stateKey && (membership === "leave" || membership === "ban");
  if (partnerLeft) await leave(service, event, "You left this chat.");
}

async function invited(service: Service, event: RoomEvent): Promise<void> {
  const member = service.rules.policy.isMember(event.sender);
  if (!member || event.content.is_direct !== true) {
    return leave(
      service,
      event,
      "I join direct chats with people of this homeserver, and configured lobbies only.",
    );
  }
  await enterDirectChat(service, event, event.sender);
}

async function enterDirectChat(service: Service, event: RoomEvent, user: UserId): Promise<void> {
  try {
    await service.homeserver.join(event.room_id);
    await notePlace(service.db, event.room_id, { kind: "direct", user });
  } catch (error) {
    ignoreRefusal(service, error, "an invitation to a direct chat could not be accepted");
  }
}

async function leave(service: Service, event: RoomEvent, reason: string): Promise<void> {
  try {
    await service.homeserver.leave(event.room_id, reason);
  } catch (error) {
    ignoreRefusal(service, error, "a room could not be left");
  }
  await forgetPlace(service.db, event.room_id);
}

/** Joins the lobbies of the configuration and knows them as such. */
export async function joinLobbies(service: Service): Promise<void> {
  for (const lobby of service.rules.lobbies) {
    try {
      const room = await service.homeserver.join(lobby);
      await notePlace(service.db, room, { kind: "lobby" });
    } catch (error) {
      ignoreRefusal(service, error, "a lobby could not be joined; invite the bot there");
    }
  }
}

/** What the homeserver refuses for good is noted, and the invitation is done with. */
function ignoreRefusal(service: Service, error: unknown, words: string): void {
  if (!(error instanceof HomeserverError) || error.retryable) throw error;
  service.log.warn({ err: error }, words);
}
