import { type Call, type Client, path } from "./client.ts";
import { undefinedWhereMissing } from "./errors.ts";
import { decodeEvent, isMalformed, isObject, type RoomEvent, text } from "./event.ts";
import { type EventId, isEventId, type RoomId } from "./ids.ts";
import type {
  EventReader,
  MessageSender,
  MessagesPage,
  MessagesQuery,
  Redactor,
  StateReader,
  StateWriter,
} from "./ports.ts";

/** The calls that write and read the events of a room. */
export function timelineCalls(
  client: Client,
): MessageSender & Redactor & StateWriter & StateReader & EventReader {
  return {
    sendMessage: (room, type, txnId, content) =>
      client.read(
        {
          doing: "send a message",
          method: "PUT",
          path: path`/_matrix/client/v3/rooms/${room}/send/${type}/${txnId}`,
          as: "device",
          body: content,
        },
        eventIdOf,
      ),

    redact: (room, event, txnId, reason) =>
      client.read(
        {
          doing: "redact a message",
          method: "PUT",
          path: path`/_matrix/client/v3/rooms/${room}/redact/${event}/${txnId}`,
          as: "device",
          body: { reason },
        },
        eventIdOf,
      ),

    writeState: (room, type, stateKey, content) =>
      client.read(
        {
          doing: `set ${type} of the room`,
          method: "PUT",
          path: path`/_matrix/client/v3/rooms/${room}/state/${type}/${stateKey}`,
          as: "bot",
          body: content,
        },
        eventIdOf,
      ),

    readState: (room) =>
      client.read(
        {
          doing: "read the room's state",
          method: "GET",
          path: path`/_matrix/client/v3/rooms/${room}/state`,
          as: "bot",
        },
        stateOf,
      ),

    readStateEvent: (room, type, stateKey) =>
      client
        .read(
          {
            doing: `read ${type} of the room`,
            method: "GET",
            path: path`/_matrix/client/v3/rooms/${room}/state/${type}/${stateKey}`,
            as: "bot",
          },
          (body) => (isObject(body) ? body : undefined),
        )
        .catch(undefinedWhereMissing),

    readMessages: (room, query) => client.read(messagesCall(room, query), pageOf),

    getEvent: (room, event) =>
      client
        .read(
          {
            doing: "read an event",
            method: "GET",
            path: path`/_matrix/client/v3/rooms/${room}/event/${event}`,
            as: "bot",
          },
          eventOf,
        )
        .catch(undefinedWhereMissing),

    placeAfter: (room, event) =>
      client
        .read(
          {
            doing: "find an event in the room's history",
            method: "GET",
            path: path`/_matrix/client/v3/rooms/${room}/context/${event}`,
            as: "bot",
            query: { limit: "0" },
          },
          (body) => text(body, "end"),
        )
        .catch(undefinedWhereMissing),
  };
}

function messagesCall(room: RoomId, { dir, from, limit, format, filter }: MessagesQuery): Call {
  const wanted = { ...filter, ...(format === "federation" ? { event_format: "federation" } : {}) };
  return {
    doing: "read the room's history",
    method: "GET",
    path: path`/_matrix/client/v3/rooms/${room}/messages`,
    as: "bot",
    query: {
      dir,
      limit: String(limit),
      filter: JSON.stringify(wanted),
      ...(from === undefined ? {} : { from }),
    },
  };
}

function pageOf(body: unknown): MessagesPage | undefined {
  if (!isObject(body) || !Array.isArray(body.chunk)) return undefined;
  const end = text(body, "end");
  return { events: body.chunk, ...(end === undefined ? {} : { end }) };
}

function eventIdOf(body: unknown): EventId | undefined {
  return isObject(body) && isEventId(body.event_id) ? body.event_id : undefined;
}

function eventOf(body: unknown): RoomEvent | undefined {
  const event = decodeEvent(body);
  return isMalformed(event) ? undefined : event;
}

function stateOf(body: unknown): readonly RoomEvent[] | undefined {
  if (!Array.isArray(body)) return undefined;
  // One odd piece of state, which any member with the power may set, must not hide all the rest.
  return body.map(eventOf).filter((event) => event !== undefined);
}
