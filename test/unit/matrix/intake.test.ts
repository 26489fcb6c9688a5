import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { createIntake, type Intake, type IntakeOptions } from "../../../src/matrix/intake.ts";
import { ListenError } from "../../../src/matrix/listen.ts";
import type { Transaction } from "../../../src/matrix/transaction.ts";
import { message } from "../../support/message.ts";

const hsToken = "hs-token-of-the-test";
const transactions = "/_matrix/app/v1/transactions";
const bearer = { authorization: `Bearer ${hsToken}` };
const oneEvent = JSON.stringify({ events: [message] });

interface Running {
  readonly intake: Intake;
  readonly port: number;
  /** What `accept` was given. */
  readonly accepted: Transaction[];
  /** Every line logged, as text. */
  readonly logged: string[];
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

async function start(t: TestContext, options: Partial<IntakeOptions> = {}): Promise<Running> {
  const accepted: Transaction[] = [];
  const logged: string[] = [];
  const note = (facts: object, words: string) => logged.push(`${words} ${JSON.stringify(facts)}`);
  const intake = createIntake({
    hsToken,
    legacyQueryToken: false,
    accept: async (transaction) => void accepted.push(transaction),
    ready: () => ({ ready: true, reasons: [] }),
    log: { warn: note, error: note },
    ...options,
  });
  const { port } = await intake.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => intake.close(0));
  const call: Running["call"] = async (method, path, { headers = bearer, body } = {}) => {
    const outgoing = open(port, method, path, headers);
    outgoing.end(body);
    return reply(outgoing);
  };
  return { intake, port, accepted, logged, call };
}

function open(port: number, method: string, path: string, headers: CallOptions["headers"] = bearer) {
  return request({ host: "127.0.0.1", port, method, path, headers, agent: false });
}

async function reply(outgoing: ClientRequest): Promise<Reply> {
  const [incoming]: IncomingMessage[] = await once(outgoing, "response");
  assert.ok(incoming !== undefined);
  // The answer may come before the body is sent to its end, and the connection be cut when the test is over.
  outgoing.on("error", () => {});
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return { status: incoming.statusCode, headers: incoming.headers, body: JSON.parse(text) };
}

function errcode(answer: Reply): [number | undefined, unknown] {
  const { body } = answer;
  assert.ok(typeof body === "object" && body !== null && "errcode" in body && "error" in body);
  return [answer.status, body.errcode];
}

test("a transaction is kept, then acknowledged", async (t) => {
  const order: string[] = [];
  const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { call } = await start(t, {
    accept: async () => {
      ask();
      await kept;
      order.push("kept");
    },
  });
  const answer = call("PUT", `${transactions}/1`, { body: oneEvent }).then((got) => {
    order.push("acknowledged");
    return got;
  });
  await asked;
  assert.deepEqual(order, []);
  keep();
  assert.deepEqual([(await answer).status, (await answer).body], [200, {}]);
  assert.deepEqual(order, ["kept", "acknowledged"]);
});

test("what cannot be kept is answered 503, and logged", async (t) => {
  const { call, logged } = await start(t, { accept: () => Promise.reject(new Error("disk full")) });
  assert.deepEqual(errcode(await call("PUT", `${transactions}/1`, { body: oneEvent })), [503, "M_UNKNOWN"]);
  assert.match(logged.join(), /could not be kept/);
});

test("a transaction id is any text, percent-decoded", async (t) => {
  const { call, accepted } = await start(t);
  for (const id of ["1", "a%2Fb%3Fc%20%E2%9C%85", "..%2f", "%25"]) {
    assert.equal((await call("PUT", `${transactions}/${id}`, { body: oneEvent })).status, 200);
  }
  assert.deepEqual(
    accepted.map(({ txnId }) => txnId),
    ["1", "a/b?c ✅", "../", "%"],
  );
});

for (const id of ["%zz", "%", "%ff", "a%00b"]) {
  test(`a transaction id that is no text is refused: ${id}`, async (t) => {
    const { call, accepted } = await start(t);
    const answer = await call("PUT", `${transactions}/${id}`, { body: oneEvent });
    assert.deepEqual(errcode(answer), [400, "M_INVALID_PARAM"]);
    assert.equal(accepted.length, 0);
  });
}

test("bytes that are no UTF-8 do not stop the queue", async (t) => {
  const { call, accepted } = await start(t);
  const body = Buffer.from(oneEvent.replace("hello", "hell?"));
  body[body.indexOf("?")] = 0xff;
  assert.equal((await call("PUT", `${transactions}/1`, { body })).status, 200);
  const received = accepted[0]?.events[0];
  assert.ok(received !== undefined && "event" in received);
  assert.equal(received.event.content.body, "hell\ufffd");
});

for (const [body, code] of [
  ["{", "M_NOT_JSON"],
  ["", "M_NOT_JSON"],
  ["[]", "M_BAD_JSON"],
] as const) {
  test(`a body ${JSON.stringify(body)} is answered ${code}`, async (t) => {
    const { call, accepted } = await start(t);
    assert.deepEqual(errcode(await call("PUT", `${transactions}/1`, { body })), [400, code]);
    assert.equal(accepted.length, 0);
  });
}

const guarded: readonly [string, string][] = [
  ["PUT", `${transactions}/1`],
  ["POST", "/_matrix/app/v1/ping"],
  ["GET", "/_matrix/app/v1/users/%40a%3Ab.example"],
  ["GET", "/_matrix/app/v1/rooms/%23a%3Ab.example"],
];
const strangers: readonly [Readonly<Record<string, string>>, number, string][] = [
  [{}, 401, "M_MISSING_TOKEN"],
  [{ authorization: "Basic eDp5" }, 401, "M_MISSING_TOKEN"],
  [{ authorization: "Bearer " }, 401, "M_MISSING_TOKEN"],
  [{ authorization: "Bearer guessed" }, 403, "M_FORBIDDEN"],
  [{ authorization: `Bearer ${hsToken}x` }, 403, "M_FORBIDDEN"],
];
for (const [method, path] of guarded) {
  test(`${method} ${path} is for the homeserver only`, async (t) => {
    const { call, accepted, logged } = await start(t);
    for (const [headers, status, code] of strangers) {
      assert.deepEqual(errcode(await call(method, path, { headers })), [status, code]);
    }
    assert.equal(accepted.length, 0);
    assert.equal(logged.length, strangers.length);
    assert.doesNotMatch(logged.join(), /guessed|hs-token/);
  });
}

test("the token of the query counts only where it is switched on", async (t) => {
  const path = `${transactions}/1?access_token=${hsToken}`;
  const off = await start(t);
  assert.equal((await off.call("PUT", path, { headers: {}, body: oneEvent })).status, 401);
  const on = await start(t, { legacyQueryToken: true });
  assert.equal((await on.call("PUT", path, { headers: {}, body: oneEvent })).status, 200);
  const wrong = { authorization: "Bearer guessed" };
  assert.equal((await on.call("PUT", path, { headers: wrong, body: oneEvent })).status, 403);
  const other = `${transactions}/1?access_token=guessed`;
  assert.equal((await on.call("PUT", other, { headers: {}, body: oneEvent })).status, 403);
  assert.doesNotMatch([...off.logged, ...on.logged].join(), /access_token|hs-token/);
});

test("a stranger's body is not waited for", async (t) => {
  const { port } = await start(t);
  const outgoing = open(port, "PUT", `${transactions}/1`, { "content-length": "1000000" });
  outgoing.write("x");
  const [incoming]: IncomingMessage[] = await once(outgoing, "response");
  assert.equal(incoming?.statusCode, 401);
  assert.equal(incoming?.headers.connection, "close");
  outgoing.destroy();
});

test("a stranger who sends much still gets the answer", async (t) => {
  const { call } = await start(t);
  const answer = await call("PUT", `${transactions}/1`, { headers: {}, body: Buffer.alloc(8_000_000) });
  assert.deepEqual(errcode(answer), [401, "M_MISSING_TOKEN"]);
});

test("a body of 13 MB, the largest batch, is read; one of 33 MiB is answered 413", async (t) => {
  const { call, accepted } = await start(t);
  const batch = JSON.stringify({ events: [], padding: "x".repeat(13_000_000) });
  assert.equal((await call("PUT", `${transactions}/1`, { body: batch })).status, 200);
  const tooMuch = Buffer.alloc(33 * 1024 * 1024, "x");
  assert.deepEqual(errcode(await call("PUT", `${transactions}/2`, { body: tooMuch })), [413, "M_TOO_LARGE"]);
  assert.deepEqual(
    accepted.map(({ txnId }) => txnId),
    ["1"],
  );
});

test("a body of unsaid length is cut at the limit too", async (t) => {
  const { port } = await start(t, { limits: { bodyBytes: 1000 } });
  const outgoing = open(port, "PUT", `${transactions}/1`);
  outgoing.write("x".repeat(600));
  outgoing.end("x".repeat(600));
  assert.deepEqual(errcode(await reply(outgoing)), [413, "M_TOO_LARGE"]);
});

test("a body that stalls is given up", async (t) => {
  const { port, accepted } = await start(t, { limits: { requestMs: 60, headersMs: 60 } });
  const outgoing = open(port, "PUT", `${transactions}/1`, { ...bearer, "content-length": "100" });
  outgoing.write("{");
  const [incoming]: IncomingMessage[] = await once(outgoing, "response");
  assert.equal(incoming?.statusCode, 408);
  assert.equal(accepted.length, 0);
  outgoing.destroy();
});

test("a body that is cut off is not taken", async (t) => {
  const { port, accepted, logged, call } = await start(t);
  const outgoing = open(port, "PUT", `${transactions}/1`, { ...bearer, "content-length": "100" });
  outgoing.on("error", () => {});
  await new Promise((flushed) => outgoing.write(oneEvent.slice(0, 50), flushed));
  outgoing.destroy();
  assert.equal((await call("PUT", `${transactions}/2`, { body: oneEvent })).status, 200);
  assert.deepEqual(
    accepted.map(({ txnId }) => txnId),
    ["2"],
  );
  assert.deepEqual(logged, []);
});

test("the homeserver's ping is answered and told", async (t) => {
  const pings: (string | undefined)[] = [];
  const { call } = await start(t, { onPing: (id) => pings.push(id) });
  for (const body of ['{"transaction_id":"p1"}', "{}"]) {
    const answer = await call("POST", "/_matrix/app/v1/ping", { body });
    assert.deepEqual([answer.status, answer.body], [200, {}]);
  }
  assert.deepEqual(pings, ["p1", undefined]);
});

test("no user and no room is made on request", async (t) => {
  const { call } = await start(t);
  for (const path of ["users/%40cordon%3Abank.example", "rooms/%23inc-1%3Abank.example"]) {
    assert.deepEqual(errcode(await call("GET", `/_matrix/app/v1/${path}`)), [404, "M_NOT_FOUND"]);
  }
});

const nowhere = [
  "/",
  "/transactions/1",
  "/users/%40a%3Ab",
  "/_matrix/app/v1/transactions/",
  "/_matrix/app/v1/transactions/1/2",
  "/_matrix/app/v1/thirdparty/protocol/irc",
  "/_matrix/app/v2/transactions/1",
  "/live/",
];
for (const path of nowhere) {
  test(`there is nothing at ${path}`, async (t) => {
    const { call } = await start(t);
    assert.deepEqual(errcode(await call("PUT", path, { body: oneEvent })), [404, "M_UNRECOGNIZED"]);
  });
}

const methods: readonly [string, string, string][] = [
  ["POST", `${transactions}/1`, "PUT"],
  ["GET", `${transactions}/1`, "PUT"],
  ["GET", "/_matrix/app/v1/ping", "POST"],
  ["POST", "/_matrix/app/v1/users/a", "GET"],
  ["DELETE", "/_matrix/app/v1/rooms/a", "GET"],
  ["POST", "/ready", "GET"],
];
for (const [method, path, allowed] of methods) {
  test(`${path} is not for ${method}`, async (t) => {
    const { call } = await start(t);
    const answer = await call(method, path);
    assert.deepEqual(errcode(answer), [405, "M_UNRECOGNIZED"]);
    assert.equal(answer.headers.allow, allowed);
  });
}

test("/live and /ready need no token, and /ready says why not", async (t) => {
  let reasons: string[] = [];
  const { call } = await start(t, { ready: () => ({ ready: reasons.length === 0, reasons }) });
  const get = async (path: string) => {
    const { status, body } = await call("GET", path, { headers: {} });
    return { status, body };
  };
  assert.deepEqual(await get("/live"), { status: 200, body: {} });
  assert.deepEqual(await get("/ready"), { status: 200, body: { ready: true, reasons: [] } });
  reasons = ["The homeserver does not answer."];
  assert.deepEqual(await get("/ready?verbose"), { status: 503, body: { ready: false, reasons } });
  assert.deepEqual(await get("/live"), { status: 200, body: {} });
});

test("one connection carries many transactions", async (t) => {
  const { port, accepted } = await start(t);
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  t.after(() => socket.destroy());
  for (const id of ["1", "2", "3"]) {
    const head = `PUT ${transactions}/${id} HTTP/1.1\r\nhost: x\r\nauthorization: bearer ${hsToken}\r\n`;
    socket.write(`${head}content-length: ${Buffer.byteLength(oneEvent)}\r\n\r\n${oneEvent}`);
    const [answer]: string[] = await once(socket, "data");
    assert.match(answer ?? "", /^HTTP\/1\.1 200 .*\{\}$/s);
  }
  assert.equal(accepted.length, 3);
});

test("close waits for the transaction being kept, answers it, and takes no new one", async (t) => {
  const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { intake, call } = await start(t, {
    accept: async () => {
      ask();
      await kept;
    },
  });
  const answer = call("PUT", `${transactions}/1`, { body: oneEvent });
  await asked;
  const closed = intake.close(60_000);
  await assert.rejects(call("GET", "/live"), { code: "ECONNREFUSED" });
  keep();
  assert.equal((await answer).status, 200);
  assert.equal((await answer).headers.connection, "close");
  assert.deepEqual(await closed, { drained: true });
});

test("close does not wait for ever", async (t) => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { intake, call } = await start(t, {
    accept: () => {
      ask();
      return new Promise(() => {});
    },
  });
  const answer = call("PUT", `${transactions}/1`, { body: oneEvent });
  const cutOff = assert.rejects(answer, { code: "ECONNRESET" });
  await asked;
  assert.deepEqual(await intake.close(50), { drained: false });
  await cutOff;
});

test("close ends connections nobody uses", async (t) => {
  const { intake, port } = await start(t);
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write("GET /live HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  const ended = once(socket, "close");
  assert.deepEqual(await intake.close(60_000), { drained: true });
  await ended;
});

test("a taken port and a foreign address are told with the cure", async (t) => {
  const { port } = await start(t);
  const second = createIntake({
    hsToken,
    legacyQueryToken: false,
    accept: async () => {},
    ready: () => ({ ready: true, reasons: [] }),
    log: console,
  });
  const failure = async (host: string, at: number) => {
    const thrown = await second.listen({ host, port: at }).catch((error: unknown) => error);
    assert.ok(thrown instanceof ListenError);
    return thrown;
  };
  const taken = await failure("127.0.0.1", port);
  assert.equal(taken.code, "port-taken");
  assert.match(taken.message, new RegExp(`^Port ${port} on 127.0.0.1 is taken .* choose another port .*$`));
  const foreign = await failure("192.0.2.1", 0);
  assert.equal(foreign.code, "address-unavailable");
  assert.match(foreign.message, /^This machine has no address 192\.0\.2\.1\. Listen on .*$/);
});
