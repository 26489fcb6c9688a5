import { randomUUID } from "node:crypto";
import { type Client, path } from "./client.ts";
import { isObject, text } from "./event.ts";
import { isRoomId, type RoomId } from "./ids.ts";
import type { InvitationLister } from "./ports.ts";

/** Lets no event through. */
const nothing = { types: [] };

/**
 * A filter that lets nothing through but invitations, which are held back by no type. `rooms: []` would be shorter,
 * but holds back invitations too. No two of these filters are the same: Synapse repeats the answer to an equal
 * request for two minutes (`sync_response_cache_duration`), whatever has happened since.
 */
function invitationsOnly() {
  const never = { ...nothing, not_types: [`org.cordon.asked.${randomUUID()}`] };
  return {
    presence: nothing,
    account_data: nothing,
    room: { timeline: { ...never, limit: 1 }, state: nothing, ephemeral: nothing, account_data: nothing },
  };
}

/** The call that asks what the bot is invited to. */
export function invitationCalls(client: Client): InvitationLister {
  return {
    pendingInvitations: () =>
      client.read(
        {
          doing: "ask which invitations wait",
          method: "GET",
          path: path`/_matrix/client/v3/sync`,
          // Synapse answers 500 where a device comes without its user.
          as: "device",
          query: { timeout: "0", set_presence: "offline", filter: JSON.stringify(invitationsOnly()) },
        },
        invitationsOf,
      ),
  };
}

/** What is empty, a homeserver leaves out. */
function invitationsOf(body: unknown): readonly RoomId[] | undefined {
  if (text(body, "next_batch") === undefined) return undefined;
  const rooms = isObject(body) ? body.rooms : undefined;
  const invite = isObject(rooms) ? rooms.invite : undefined;
  return Object.keys(isObject(invite) ? invite : {}).filter((room) => isRoomId(room));
}
