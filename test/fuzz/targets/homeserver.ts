import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import fc from "fast-check";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { createHomeserver } from "../../../src/matrix/homeserver.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";
import { fuzzed } from "../fuzz.ts";
import { anyBytes, anyJson, anyText, edited, edits } from "../pieces.ts";
import { written } from "../written-json.ts";

const token = "the-as-token-that-nobody-may-read";
const bot = "@cordon:bank.example";
const room = "!room";

/** Every kind of call there is, by what it looks for in the answer. */
const calls: Readonly<Record<string, (homeserver: Homeserver) => Promise<unknown>>> = {
  send: (homeserver) => homeserver.sendMessage(room, "m.room.message", "1", {}),
  state: (homeserver) => homeserver.readState(room),
  stateEvent: (homeserver) => homeserver.readStateEvent(room, "m.room.topic", ""),
  messages: (homeserver) => homeserver.readMessages(room, { dir: "b", limit: 1, format: "client" }),
  event: (homeserver) => homeserver.getEvent(room, "$event"),
  createRoom: (homeserver) => homeserver.createRoom({}),
  alias: (homeserver) => homeserver.resolveAlias("#a:bank.example"),
  invite: (homeserver) => homeserver.invite(room, "@bob:bank.example"),
  versions: (homeserver) => homeserver.versions(),
  roomVersions: (homeserver) => homeserver.roomVersions(),
  keys: (homeserver) => homeserver.serverKeys(),
  clock: (homeserver) => homeserver.clockAhead(),
  name: (homeserver) => homeserver.displayName("@bob:bank.example"),
  register: (homeserver) => homeserver.registerBot(),
  invitations: (homeserver) => homeserver.pendingInvitations(),
  ping: (homeserver) => homeserver.ping("cordon", "1"),
  upload: (homeserver) => homeserver.upload(Buffer.from("x"), "text/plain", "x"),
  download: async (homeserver) => {
    const { bytes } = await homeserver.download("mxc://bank.example/x", { maxBytes: 1_000 });
    return Array.fromAsync(bytes);
  },
};

const answer = fc.record(
  {
    errcode: fc.oneof(
      fc.constantFrom("M_NOT_FOUND", "M_FORBIDDEN", "M_LIMIT_EXCEEDED", "M_UNKNOWN_TOKEN", "M_BAD_STATUS"),
      anyJson,
    ),
    error: fc.oneof(fc.constant(`no ${token}?access_token=x`), anyJson),
    retry_after_ms: anyJson,
    event_id: fc.oneof(fc.constant("$one"), anyJson),
    room_id: fc.oneof(fc.constant(room), anyJson),
    chunk: anyJson,
    next_batch: fc.oneof(fc.constant("s1"), anyJson),
    rooms: fc.oneof(fc.record({ invite: anyJson }), anyJson),
    end: anyJson,
    versions: anyJson,
    capabilities: anyJson,
    content_uri: anyJson,
    verify_keys: anyJson,
    server_name: anyJson,
    displayname: anyJson,
    duration_ms: anyJson,
    status: anyJson,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 4, arbitrary: written(answer) },
  { weight: 1, arbitrary: written(anyJson) },
  {
    weight: 1,
    arbitrary: fc.tuple(written(answer), edits(anyText)).map(([whole, made]) => edited(whole, made)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "<html>Bad gateway</html>", "[".repeat(9_000), "x".repeat(100_000)),
  },
);
const header = fc.oneof(
  fc.constantFrom(
    "content-encoding: gzip",
    "content-encoding: br",
    "content-type: text/html",
    "content-type: application/json; charset=utf-7",
    "location: http://127.0.0.1:9/",
    "location: ://",
    "retry-after: 3",
    "retry-after: -1",
    "retry-after: Fri, 99 Foo",
    "retry-after: 1e999",
    "date: then",
    "date: Fri, 20 Nov 2026 19:00:00 GMT",
    "set-cookie: x",
    "transfer-encoding: chunked",
    "connection: upgrade\r\nupgrade: x",
    "www-authenticate: Basic",
    "x y: z",
    "\u0000: x",
  ),
  anyBytes,
);

/** Answers as bytes on a real connection: each becomes a value, or an error that says what to do. */
export const homeserver = fuzzed({
  name: "homeserver",
  share: 20,
  inputs: fc.record({
    call: fc.constantFrom(...Object.keys(calls)),
    start: fc.oneof(
      { weight: 3, arbitrary: fc.constant("HTTP/1.1 200 OK") },
      {
        weight: 3,
        arbitrary: fc
          .oneof(fc.integer({ min: 201, max: 599 }), fc.constantFrom(100, 101, 103, 204, 304, 999))
          .map((status) => `HTTP/1.1 ${status} x`),
      },
      {
        weight: 1,
        arbitrary: fc.oneof(
          anyBytes,
          fc.constantFrom("", "HTTP/2 200", "HTTP/1.0 200 OK", "HTTP/1.1 0 x", "SSH-2.0-x"),
        ),
      },
    ),
    headers: fc.array(header, { maxLength: 3 }),
    body,
    /** How much longer than the body its length is told to be; not told at all where it is null. */
    beyond: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(0, null) },
      { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
    ),
  }),
  begin: async (stack) => {
    const world = { bytes: Buffer.alloc(0) };
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(world.bytes));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    stack.defer(() => void server.close());
    const address = server.address();
    assert.ok(address !== null && typeof address !== "string");
    const client = createHomeserver({
      url: `http://127.0.0.1:${address.port}`,
      asToken: token,
      bot,
      device: "CORDON",
      timeoutMs: 1_000,
    });
    return async ({ call, start, headers, body, beyond }) => {
      const length =
        beyond === null ? [] : [`content-length: ${Math.max(0, Buffer.byteLength(body) + beyond)}`];
      const head = [start, ...length, ...headers].join("\r\n");
      world.bytes = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), Buffer.from(body)]);
      await assertAnsweredOrExplained(
        calls[call]?.(client) ?? Promise.reject(new Error(`${call} is no call`)),
      );
    };
  },
});

async function assertAnsweredOrExplained(called: Promise<unknown>): Promise<void> {
  try {
    await called;
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    assert.match(error.message, /^Could not .+\.$/);
    assert.ok(!error.message.includes(token.slice(5)), "the token is told");
    const { retryAfterMs = 0 } = error;
    assert.ok(Number.isFinite(retryAfterMs) && retryAfterMs >= 0, `to wait ${retryAfterMs} ms`);
  }
}
