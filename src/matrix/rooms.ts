import { type Client, path } from "./client.ts";
import { undefinedWhereMissing } from "./errors.ts";
import { isObject } from "./event.ts";
import { isRoomId, type RoomId } from "./ids.ts";
import type {
  AliasRemover,
  AliasResolver,
  Inviter,
  Joiner,
  Remover,
  RoomCreator,
  RoomLister,
  Unbanner,
} from "./ports.ts";

/** The calls that make rooms and bring people in and out. */
export function roomCalls(
  client: Client,
): RoomCreator & AliasResolver & AliasRemover & Inviter & Remover & Unbanner & Joiner & RoomLister {
  return {
    createRoom: (body) =>
      client.read(
        {
          doing: "create the room",
          method: "POST",
          path: path`/_matrix/client/v3/createRoom`,
          as: "bot",
          body,
        },
        roomIdOf,
      ),

    resolveAlias: (alias) =>
      client
        .read(
          {
            doing: "look up the room's alias",
            method: "GET",
            path: path`/_matrix/client/v3/directory/room/${alias}`,
            as: "bot",
          },
          roomIdOf,
        )
        .catch(undefinedWhereMissing),

    async removeAlias(alias) {
      await client
        .request({
          doing: "take the room's alias back",
          method: "DELETE",
          path: path`/_matrix/client/v3/directory/room/${alias}`,
          as: "bot",
        })
        .catch(undefinedWhereMissing);
    },

    async invite(room, user, reason) {
      await client.request({
        doing: "invite somebody",
        method: "POST",
        path: path`/_matrix/client/v3/rooms/${room}/invite`,
        as: "bot",
        body: { user_id: user, ...because(reason) },
      });
    },

    async remove(room, user, reason) {
      await client.request({
        doing: "take somebody out",
        method: "POST",
        path: path`/_matrix/client/v3/rooms/${room}/kick`,
        as: "bot",
        body: { user_id: user, reason },
      });
    },

    async unban(room, user) {
      await client.request({
        doing: "lift a ban",
        method: "POST",
        path: path`/_matrix/client/v3/rooms/${room}/unban`,
        as: "bot",
        body: { user_id: user },
      });
    },

    join: (room) =>
      client.read(
        {
          doing: "join the room",
          method: "POST",
          path: path`/_matrix/client/v3/join/${room}`,
          as: "bot",
          body: {},
        },
        roomIdOf,
      ),

    joinedRooms: () =>
      client.read(
        {
          doing: "list the bot's rooms",
          method: "GET",
          path: path`/_matrix/client/v3/joined_rooms`,
          as: "bot",
        },
        (body) =>
          isObject(body) && Array.isArray(body.joined_rooms)
            ? body.joined_rooms.filter((room) => isRoomId(room))
            : undefined,
      ),

    async leave(room, reason) {
      await client.request({
        doing: "leave the room",
        method: "POST",
        path: path`/_matrix/client/v3/rooms/${room}/leave`,
        as: "bot",
        body: because(reason),
      });
    },
  };
}

function roomIdOf(body: unknown): RoomId | undefined {
  return isObject(body) && isRoomId(body.room_id) ? body.room_id : undefined;
}

function because(reason: string | undefined) {
  return reason === undefined ? {} : { reason };
}
