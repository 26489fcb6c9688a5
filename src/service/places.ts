import { type RoomEvent, text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import { leaving } from "../words/places.ts";
import { enterIfConfigured, giveUpRoom } from "./configured-rooms.ts";
import { enterDirectChat, watchDirectChat } from "./direct-chats.ts";
import { leaveRoom } from "./door.ts";
import { hearOfMember } from "./rosters.ts";
import type { Service } from "./service.ts";

/**
 * State in a room that is no incident's: people come and go, or somebody invites the bot. It joins direct
 * chats with members and the rooms that the configuration names, and leaves every other with one line.
 */
export async function handlePlaceEvent(service: Service, event: RoomEvent, stateKey: string): Promise<void> {
  if (event.type !== "m.room.member" || !isUserId(stateKey)) return;
  const membership = text(event.content, "membership");
  if (stateKey !== service.bot) {
    await hearOfMember(service, event.room_id, stateKey, membership === "join");
    await watchDirectChat(service, event.room_id, stateKey, membership);
  } else if (membership === "invite") {
    await weighInvitation(service, event);
  } else if (membership !== "join" && event.sender !== service.bot) {
    await giveUpRoom(service, event.room_id);
  }
}

async function weighInvitation(service: Service, event: RoomEvent): Promise<void> {
  const { sender } = event;
  const verdict = service.invitations.judge(sender, event.event_id, service.now());
  if (verdict === "handle") await invited(service, event);
  if (verdict === "tell") {
    service.log.info(
      { inviter: sender },
      "somebody invites the bot too often; more of it is left unanswered for a while",
    );
  }
}

async function invited(service: Service, event: RoomEvent): Promise<void> {
  const { room_id, sender, content } = event;
  if (await enterIfConfigured(service, room_id)) return;
  if (content.is_direct !== true) return leaveRoom(service, room_id, leaving.noPlace);
  if (!service.rules.policy.isMember(sender)) return leaveRoom(service, room_id, leaving.noMember);
  await enterDirectChat(service, room_id, sender);
}
