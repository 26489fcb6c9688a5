import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { JsonObject } from "../src/matrix/event.ts";
import type { RoomId, UserId } from "../src/matrix/ids.ts";

/** Delivers transactions as Synapse does: one kept-alive connection, one transaction in flight. */
export interface Delivery {
  /** Resolves when the transaction was acknowledged; throws where it was not. */
  deliver(body: Buffer): Promise<void>;
  close(): void;
}

export function deliveryTo({ port, token }: { readonly port: number; readonly token: string }): Delivery {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let lastTxn = 0;
  return {
    async deliver(body) {
      lastTxn += 1;
      const outgoing = request({
        agent,
        port,
        host: "127.0.0.1",
        method: "PUT",
        path: `/_matrix/app/v1/transactions/${lastTxn}`,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": body.length,
        },
      });
      outgoing.end(body);
      const [answer]: IncomingMessage[] = await once(outgoing, "response");
      answer?.resume();
      if (answer?.statusCode !== 200) throw new Error(`A transaction was answered ${answer?.statusCode}`);
      await once(answer, "end");
    },
    close: () => agent.destroy(),
  };
}

export function transactionOf(events: readonly JsonObject[]): Buffer {
  return Buffer.from(JSON.stringify({ events }));
}

let lastEvent = 0;

/** A message as Synapse words it, with an event id of its own. */
export function message(room: RoomId, sender: UserId, words: string): JsonObject {
  return {
    type: "m.room.message",
    room_id: room,
    sender,
    content: { msgtype: "m.text", body: words, "m.mentions": {} },
    ...circumstances(sender),
  };
}

/** The invitation with which Element begins a direct chat. */
export function directInvitation(room: RoomId, sender: UserId, invited: UserId): JsonObject {
  return {
    type: "m.room.member",
    room_id: room,
    sender,
    state_key: invited,
    content: { membership: "invite", is_direct: true },
    ...circumstances(sender),
  };
}

function circumstances(sender: UserId): JsonObject {
  lastEvent += 1;
  return {
    origin_server_ts: Date.now(),
    unsigned: { age: 37, membership: "join" },
    event_id: `$${String(lastEvent).padStart(43, "q")}`,
    user_id: sender,
    age: 37,
  };
}
