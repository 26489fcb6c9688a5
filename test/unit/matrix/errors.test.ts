import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../../../src/demo/port.ts";
import type { HomeserverErrorKind } from "../../../src/matrix/errors.ts";
import { createHomeserver } from "../../../src/matrix/homeserver.ts";
import { answer, asToken, type Behaviour, bot, failure, pretend, room } from "./pretended.ts";

const forbidden = { errcode: "M_FORBIDDEN", error: "You may\nnot do that." };
const html = "<html>Bad gateway</html>";

interface Row {
  readonly what: string;
  readonly behave: Behaviour;
  /** How long an answer is waited for, where none comes. */
  readonly timeoutMs?: number;
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
    timeoutMs: 200,
    kind: "unreachable",
    retryable: true,
    message: /took too long to answer\.$/,
  },
  {
    what: "an answer that stops halfway",
    behave: (_request, response) => void response.writeHead(200, { "content-length": "100" }).write("{"),
    timeoutMs: 200,
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
for (const { what, behave, timeoutMs, kind, retryable, message, retryAfterMs } of rows) {
  test(`${what} is ${kind}`, async (t) => {
    const { homeserver } = await pretend(t, behave, timeoutMs);
    const error = await failure(homeserver.sendMessage(room, "m.room.message", "t1", { body: "hello" }));
    assert.deepEqual([error.kind, error.retryable, error.retryAfterMs], [kind, retryable, retryAfterMs]);
    assert.match(error.message, message);
  });
}

test("an address nobody listens at is unreachable", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const homeserver = createHomeserver({ url, asToken, bot, device: "CORDON", timeoutMs: 60_000 });
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
