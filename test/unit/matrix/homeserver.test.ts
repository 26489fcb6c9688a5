import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ReadableStream } from "node:stream/web";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { HomeserverError, type HomeserverErrorKind } from "../../../src/matrix/errors.ts";
import { createHomeserver } from "../../../src/matrix/homeserver.ts";
import { listen } from "../../../src/matrix/listen.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";

const asToken = "as-token-of-the-test";
const bot = "@cordon:bank.example";
const room = "!room";

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

interface Pretended {
  readonly url: string;
  readonly homeserver: Homeserver;
  /** Method and target of each request. */
  readonly asked: string[];
  /** Its `authorization` header. */
  readonly shown: (string | undefined)[];
}

/** A homeserver that answers everything in one way. Nothing waits longer than 200 ms for it. */
async function pretend(t: TestContext, behave: Behaviour): Promise<Pretended> {
  const asked: string[] = [];
  const shown: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    shown.push(request.headers.authorization);
    request.resume();
    behave(request, response);
  });
  const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
  t.after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    homeserver: createHomeserver({ url, asToken, bot, device: "CORDON", timeoutMs: 200 }),
    asked,
    shown,
  };
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return (_request, response) => void response.writeHead(status, headers).end(text);
}

async function failure(call: Promise<unknown>): Promise<HomeserverError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof HomeserverError, `expected a HomeserverError, not ${thrown}`);
  assert.doesNotMatch(thrown.message, /as-token|\?|\n/);
  return thrown;
}

const forbidden = { errcode: "M_FORBIDDEN", error: "You may\nnot do that." };
const html = "<html>Bad gateway</html>";

interface Row {
  readonly what: string;
  readonly behave: Behaviour;
  readonly kind: HomeserverErrorKind;
  readonly retryable: boolean;
  readonly message: RegExp;
  readonly retryAfterMs?: number;
}

const rows: readonly Row[] = [
  {
    what: "a refusal",
    behave: answer(403, forbidden),
    kind: "refused",
    retryable: false,
    message: /^Could not send a message: the homeserver refused \(403 M_FORBIDDEN: You may not do that\)\.$/,
  },
  {
    what: "an unknown as_token",
    behave: answer(401, { errcode: "M_UNKNOWN_TOKEN", error: "Unrecognised" }),
    kind: "refused",
    retryable: false,
    message: /does not know the as_token .* restart it\.$/,
  },
  {
    what: "a proxy's 413",
    behave: answer(413, html),
    kind: "malformed",
    retryable: true,
    message: /the answer \(413\) is not a homeserver's/,
  },
  {
    what: "an event that is too large",
    behave: answer(413, { errcode: "M_TOO_LARGE", error: "Event too large" }),
    kind: "refused",
    retryable: false,
    message: /refused \(413 M_TOO_LARGE: Event too large\)\.$/,
  },
  {
    what: "a limit in the body",
    behave: answer(429, { errcode: "M_LIMIT_EXCEEDED", error: "Slow", retry_after_ms: 1234 }),
    kind: "limited",
    retryable: true,
    message: /asks to wait 2 s\.$/,
    retryAfterMs: 1234,
  },
  {
    what: "a limit in the header, which wins",
    behave: answer(429, { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1 }, { "retry-after": "7" }),
    kind: "limited",
    retryable: true,
    message: /asks to wait 7 s\.$/,
    retryAfterMs: 7000,
  },
  {
    what: "a limit that ended at a date gone by",
    behave: answer(429, "", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }),
    kind: "limited",
    retryable: true,
    message: /asks to wait 0 s\.$/,
    retryAfterMs: 0,
  },
  {
    what: "a limit without a time",
    behave: answer(429, html, { "retry-after": "soon" }),
    kind: "limited",
    retryable: true,
    message: /asks to wait\.$/,
  },
  {
    what: "a proxy's 502",
    behave: answer(502, html),
    kind: "server",
    retryable: true,
    message: /has a fault of its own \(502\)\.$/,
  },
  {
    what: "the homeserver's 500",
    behave: answer(500, { errcode: "M_UNKNOWN", error: "Internal server error" }),
    kind: "server",
    retryable: true,
    message: /\(500 M_UNKNOWN: Internal server error\)\.$/,
  },
  {
    what: "a proxy's 404 while the homeserver is away",
    behave: answer(404, "404 page not found"),
    kind: "malformed",
    retryable: true,
    message: /the answer \(404\) is not a homeserver's/,
  },
  {
    what: "a redirect",
    behave: answer(302, "", { location: "/elsewhere" }),
    kind: "malformed",
    retryable: true,
    message: /redirects elsewhere/,
  },
  {
    what: "a login page",
    behave: answer(200, html),
    kind: "malformed",
    retryable: true,
    message: /has not the promised form/,
  },
  {
    what: "null",
    behave: answer(200, null),
    kind: "malformed",
    retryable: true,
    message: /has not the promised form/,
  },
  {
    what: "an event id that is none",
    behave: answer(200, { event_id: "!room" }),
    kind: "malformed",
    retryable: true,
    message: /has not the promised form/,
  },
  {
    what: "silence",
    behave: () => {},
    kind: "unreachable",
    retryable: true,
    message: /took too long to answer\.$/,
  },
  {
    what: "an answer that stops halfway",
    behave: (_request, response) => void response.writeHead(200, { "content-length": "100" }).write("{"),
    kind: "unreachable",
    retryable: true,
    message: /took too long to answer\.$/,
  },
  {
    what: "a connection that is reset",
    behave: (request) => void request.socket.resetAndDestroy(),
    kind: "unreachable",
    retryable: true,
    message: /broke \(ECONNRESET\)\.$/,
  },
];
for (const { what, behave, kind, retryable, message, retryAfterMs } of rows) {
  test(`${what} is ${kind}`, async (t) => {
    const { homeserver } = await pretend(t, behave);
    const error = await failure(homeserver.sendMessage(room, "m.room.message", "t1", { body: "hello" }));
    assert.deepEqual([error.kind, error.retryable, error.retryAfterMs], [kind, retryable, retryAfterMs]);
    assert.match(error.message, message);
  });
}

test("an address nobody listens at is unreachable", async () => {
  const server = createServer();
  const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
  await once(server.close(), "close");
  const url = `http://127.0.0.1:${port}`;
  const homeserver = createHomeserver({ url, asToken, bot, device: "CORDON", timeoutMs: 200 });
  const error = await failure(homeserver.versions());
  assert.equal(error.kind, "unreachable");
  assert.match(error.message, /^Could not ask for .*: nothing listens at the homeserver's address/);
  const fetched = await failure(homeserver.download("mxc://bank.example/abc", { maxBytes: 10 }));
  assert.match(fetched.message, /^Could not fetch a file: nothing listens/);
});

test("a long refusal is cut short", async (t) => {
  const { homeserver } = await pretend(t, answer(400, { errcode: "M_UNKNOWN", error: "x".repeat(5000) }));
  const error = await failure(homeserver.createRoom({}));
  assert.ok(error.message.length < 300);
});

test("each call is made in the right name, with its ids encoded", async (t) => {
  const { homeserver, asked, shown } = await pretend(t, answer(200, { event_id: "$e", room_id: "!r" }));
  await homeserver.sendMessage("!a/b?c", "m.room.message", "INC-0001/2", {});
  await homeserver.redact(room, "$e", "t", "spam");
  await homeserver.writeState(room, "m.room.topic", "", {});
  await homeserver.registerBot();
  await homeserver.join("#ops:bank.example");
  const user = "user_id=%40cordon%3Abank.example";
  assert.deepEqual(asked, [
    `PUT /_matrix/client/v3/rooms/!a%2Fb%3Fc/send/m.room.message/INC-0001%2F2?${user}&device_id=CORDON`,
    `PUT /_matrix/client/v3/rooms/!room/redact/%24e/t?${user}&device_id=CORDON`,
    `PUT /_matrix/client/v3/rooms/!room/state/m.room.topic/?${user}`,
    "POST /_matrix/client/v3/register",
    `POST /_matrix/client/v3/join/%23ops%3Abank.example?${user}`,
  ]);
  assert.deepEqual(new Set(shown), new Set([`Bearer ${asToken}`]));
});

test("no alias, no state, no event, no name: undefined, where the homeserver says so", async (t) => {
  const { homeserver } = await pretend(t, answer(404, { errcode: "M_NOT_FOUND", error: "None" }));
  assert.equal(await homeserver.resolveAlias("#a:bank.example"), undefined);
  assert.equal(await homeserver.readStateEvent(room, "m.room.topic", ""), undefined);
  assert.equal(await homeserver.getEvent(room, "$e"), undefined);
  assert.equal(await homeserver.displayName("@alice:bank.example"), undefined);
});

test("a proxy's 404 is not taken for a missing alias", async (t) => {
  const { homeserver } = await pretend(t, answer(404, "404 page not found"));
  assert.equal((await failure(homeserver.resolveAlias("#a:bank.example"))).kind, "malformed");
});

test("state whose content looks like an error is content", async (t) => {
  const { homeserver } = await pretend(t, answer(200, { errcode: "M_FORBIDDEN" }));
  assert.deepEqual(await homeserver.readStateEvent(room, "x", ""), { errcode: "M_FORBIDDEN" });
});

test("one odd state event does not hide the others", async (t) => {
  const topic = {
    event_id: "$t",
    room_id: room,
    sender: bot,
    type: "m.room.topic",
    state_key: "",
    origin_server_ts: 1,
    content: {},
  };
  const { homeserver } = await pretend(t, answer(200, [{ ...topic, content: 1 }, topic]));
  assert.deepEqual(await homeserver.readState(room), [topic]);
});

test("a page of history may be empty and still not the last", async (t) => {
  const { homeserver, asked } = await pretend(t, answer(200, { chunk: [], start: "a", end: "b" }));
  const query = { dir: "b", limit: 10, format: "federation", from: "a" } as const;
  assert.deepEqual(await homeserver.readMessages(room, query), { events: [], end: "b" });
  const target = new URL(asked[0]?.split(" ")[1] ?? "", "http://x");
  assert.equal(target.searchParams.get("filter"), '{"event_format":"federation"}');
});

test("an account that exists already is fine", async (t) => {
  const { homeserver } = await pretend(t, answer(400, { errcode: "M_USER_IN_USE", error: "Taken" }));
  await homeserver.registerBot();
  assert.equal((await failure(homeserver.makeDevice("Cordon"))).errcode, "M_USER_IN_USE");
});

test("a homeserver without ping says so, and one that failed to ping tells why", async (t) => {
  const old = await pretend(t, answer(404, { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" }));
  assert.equal(await old.homeserver.ping("cordon", "1"), "unsupported");
  const cut = await pretend(t, answer(502, { errcode: "M_CONNECTION_FAILED", error: "Connection refused" }));
  const error = await failure(cut.homeserver.ping("cordon", "1"));
  assert.deepEqual([error.kind, error.errcode], ["server", "M_CONNECTION_FAILED"]);
  assert.match(error.message, /Connection refused/);
});

test("a clock that is ahead", async (t) => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const { homeserver } = await pretend(t, answer(200, { versions: [] }, { date }));
  const ahead = await homeserver.clockAhead();
  assert.ok(Math.abs((ahead ?? 0) - 3_600_000) < 2_000, `${ahead} ms`);
  const kept = await pretend(t, answer(200, { versions: [] }, { date, age: "3600" }));
  assert.equal(await kept.homeserver.clockAhead(), undefined, "a proxy's memory tells no time");
});

test("a proxy that the environment names is not asked", async (t) => {
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = "http://192.0.2.1:1";
  t.after(() => {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  });
  const { homeserver } = await pretend(t, answer(200, { versions: ["v1.11"] }));
  assert.deepEqual(await homeserver.versions(), ["v1.11"]);
});

async function collect(stream: ReadableStream<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

const media = "mxc://bank.example:8448/AbC_1-2";

test("a file is fetched with the token, and its type told", async (t) => {
  const { homeserver, asked, shown } = await pretend(
    t,
    answer(200, "bytes", { "content-type": "image/png" }),
  );
  const { bytes, contentType } = await homeserver.download(media, { maxBytes: 5 });
  assert.deepEqual([await collect(bytes), contentType], ["bytes", "image/png"]);
  const path = "/_matrix/client/v1/media/download/bank.example%3A8448/AbC_1-2";
  assert.deepEqual(asked, [`GET ${path}?user_id=%40cordon%3Abank.example`]);
  assert.deepEqual(shown, [`Bearer ${asToken}`]);
});

test("an old homeserver is asked by the old path", async (t) => {
  const { homeserver, asked } = await pretend(t, (request, response) =>
    request.url?.includes("/client/v1/")
      ? answer(404, { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" })(request, response)
      : answer(200, "old")(request, response),
  );
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal(await collect(bytes), "old");
  assert.match(asked[1] ?? "", /^GET \/_matrix\/media\/v3\/download\/bank\.example%3A8448\/AbC_1-2\?/);
});

test("a missing file is refused, without a second question", async (t) => {
  const { homeserver, asked } = await pretend(t, answer(404, { errcode: "M_NOT_FOUND", error: "Not found" }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.errcode, asked.length], ["refused", "M_NOT_FOUND", 1]);
});

test("a file that says it is too large is not begun", async (t) => {
  const { homeserver } = await pretend(t, answer(200, "123456", { "content-length": "6" }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.errcode], ["refused", "M_TOO_LARGE"]);
});

test("a file that turns out too large is broken off", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.write("123");
    response.write("456");
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal((await failure(collect(bytes))).errcode, "M_TOO_LARGE");
});

test("a file of no bytes is fetched too", async (t) => {
  const { homeserver } = await pretend(t, answer(200, ""));
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal(await collect(bytes), "");
});

test("a file shorter than it said is not taken for whole", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.strictContentLength = false;
    response.writeHead(200, { "content-length": "5" });
    response.write("123", () => response.destroy());
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  assert.equal((await failure(collect(bytes))).kind, "unreachable");
});

test("a file that grows while it is unpacked counts as it grows", async (t) => {
  const packed = gzipSync(Buffer.alloc(1_000_000));
  const { homeserver } = await pretend(t, (_request, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
  );
  const { bytes } = await homeserver.download(media, { maxBytes: 100_000 });
  assert.equal((await failure(collect(bytes))).errcode, "M_TOO_LARGE");
});

test("a file is not followed elsewhere, and the token neither", async (t) => {
  const elsewhere = await pretend(t, answer(200, "bytes"));
  const { homeserver } = await pretend(t, answer(302, "", { location: elsewhere.url }));
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, elsewhere.asked.length], ["malformed", 0]);
  assert.match(error.message, /redirects elsewhere/);
});

test("an error that never ends is not read to its end", async (t) => {
  const { homeserver } = await pretend(t, (_request, response) => {
    response.writeHead(502);
    const more = () => response.write(Buffer.alloc(65_536, "x")) && setImmediate(more);
    response.on("drain", more);
    more();
  });
  const error = await failure(homeserver.download(media, { maxBytes: 5 }));
  assert.deepEqual([error.kind, error.status], ["server", 502]);
});

test("a file that stops halfway is unreachable, as is one that breaks off", async (t) => {
  const stalls = await pretend(t, (_request, response) => void response.write("123"));
  const stalled = await stalls.homeserver.download(media, { maxBytes: 5 });
  assert.match((await failure(collect(stalled.bytes))).message, /took too long/);
  const { promise: cut, resolve: cutNow } = Promise.withResolvers<void>();
  const breaks = await pretend(t, (request, response) => {
    response.write("123");
    cut.then(() => request.socket.resetAndDestroy());
  });
  const broken = await breaks.homeserver.download(media, { maxBytes: 5 });
  cutNow();
  assert.match((await failure(collect(broken.bytes))).message, /connection to the homeserver broke/);
});

test("a fetch that is called off ends the connection", async (t) => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { homeserver } = await pretend(t, (request, response) => {
    request.socket.once("close", close);
    response.write("123");
  });
  const { bytes } = await homeserver.download(media, { maxBytes: 5 });
  await bytes.cancel();
  await closed;
});
