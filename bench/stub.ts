/**
 * A stub in the place of the homeserver, where only the service is to be measured: it takes everything at
 * once, remembers nothing but which rooms it made, and tells what it is asked for.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { JsonObject } from "../src/matrix/event.ts";
import { listen } from "../src/matrix/listen.ts";

/** One call of the service. */
export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** When it arrived, as `performance.now()` has it. */
  readonly at: number;
}

export interface Stub {
  readonly url: string;
  /** The rooms that the bot is in: those it made, and whatever is added. */
  readonly rooms: Set<string>;
  /** Has every heartbeat brought back, as a homeserver does that loses nothing. */
  bring(how: (event: JsonObject) => Promise<void>): void;
  /** The first call from now on for which `isIt` holds. */
  next(isIt: (call: Call) => boolean): Promise<Call>;
  /** Resolves when nothing but looking and the heartbeat has gone on for so long. */
  quiet(ms: number): Promise<void>;
  close(): void;
}

type Listener = (call: Call) => void;

export async function startStub(): Promise<Stub> {
  const listeners = new Set<Listener>();
  const rooms = new Set<string>();
  const beating: { bring: (event: JsonObject) => Promise<void> } = { bring: async () => {} };
  const server = createServer((request, response) => {
    const call = callOf(request);
    for (const tell of listeners) tell(call);
    request.resume().once("end", () => {
      const body = answerTo(call, rooms);
      send(response, body);
      if (call.path.includes(heartbeatType)) void beating.bring(heartbeat(call, body));
    });
  });
  const { host, port } = await listen(server, { host: "127.0.0.1", port: 0 });
  return {
    url: `http://${host}:${port}`,
    rooms,
    bring(how) {
      beating.bring = how;
    },
    next: (isIt) =>
      new Promise((resolve) => {
        const look: Listener = (call) => {
          if (!isIt(call)) return;
          listeners.delete(look);
          resolve(call);
        };
        listeners.add(look);
      }),
    quiet: (ms) =>
      new Promise((resolve) => {
        const pause = setTimeout(() => {
          listeners.delete(restart);
          resolve();
        }, ms);
        const restart: Listener = ({ method, path }) => {
          if (method !== "GET" && !path.includes(heartbeatType)) pause.refresh();
        };
        listeners.add(restart);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const heartbeatType = "org.cordon.heartbeat";
const versionsPath = "/_matrix/client/versions";

function callOf({ method = "", url = "" }: IncomingMessage): Call {
  return { method, path: url.split("?", 1)[0] ?? "", at: performance.now() };
}

function heartbeat({ path }: Call, body: Body): JsonObject {
  const [room = ""] = decodeURIComponent(path).match(/![^/]+/) ?? [];
  return {
    type: heartbeatType,
    state_key: "",
    room_id: room,
    sender: "@cordon:bank.example",
    content: {},
    origin_server_ts: Date.now(),
    ...body,
  };
}

type Body = JsonObject | readonly JsonObject[] | undefined;

function send(response: ServerResponse, body: Body): void {
  response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(body ?? { errcode: "M_NOT_FOUND", error: "There is no such thing here." }));
}

function answerTo({ method, path }: Call, rooms: Set<string>): Body {
  if (path === versionsPath) return { versions: ["v1.11"] };
  if (path.endsWith("/ping")) return { duration_ms: 1 };
  if (path.endsWith("/joined_rooms")) return { joined_rooms: [...rooms] };
  if (path.endsWith("/createRoom")) {
    const room = `!${freshId()}`;
    rooms.add(room);
    return { room_id: room };
  }
  if (path.includes("/join/")) return { room_id: decodeURIComponent(path.slice(path.lastIndexOf("/") + 1)) };
  if (method === "PUT" && /\/(send|state)\//.test(path)) return { event_id: `$${freshId()}` };
  if (method === "GET" && path.endsWith("/state")) return [];
  if (method === "GET" && path.endsWith("/messages")) return { chunk: [], start: "0" };
  if (method === "GET" && path.includes("/context/")) return { end: "0" };
  return method === "GET" ? undefined : {};
}

let lastId = 0;

/** As the homeserver has them: 43 letters and digits of a hash. */
function freshId(): string {
  lastId += 1;
  return createHash("sha256").update(String(lastId)).digest("base64url");
}
