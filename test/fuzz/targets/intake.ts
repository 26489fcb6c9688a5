import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { decodeEvent, isMalformed } from "../../../src/matrix/event.ts";
import { createIntake } from "../../../src/matrix/intake.ts";
import type { Transaction } from "../../../src/matrix/transaction.ts";
import { message } from "../../support/message.ts";
import { fuzzed } from "../fuzz.ts";
import { anyBytes, anyJson, anyText, edited, edits } from "../pieces.ts";
import { written } from "../written-json.ts";

const token = "the-hs-token-that-nobody-may-read";
const most = 20_000;

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constant("/_matrix/app/v1/transactions/1") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ..."/_matrix/app/v1/ping /_matrix/app/v1/users/@a:b /_matrix/app/v1/rooms/%23a:b /live /ready /metrics".split(
        " ",
      ),
      ..."/ * // /../live /_matrix/app/v1/transactions/ /_matrix/app/v1/transactions/%00 /transactions/1".split(
        " ",
      ),
      ..."/_matrix/app/v1/transactions/%ff /_matrix/app/v1/transactions/1/2 http://evil/live /live?x /live#y".split(
        " ",
      ),
      `/_matrix/app/v1/transactions/1?access_token=${token}`,
      `/${"x".repeat(9_000)}`,
    ),
  },
  { weight: 1, arbitrary: anyBytes.map((bytes) => `/${bytes}`) },
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant("PUT") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ..."GET POST HEAD DELETE OPTIONS PATCH TRACE PROPFIND PRI put P".split(" "),
      "",
    ),
  },
);
const authorization = fc.oneof(
  { weight: 6, arbitrary: fc.constant([`Bearer ${token}`]) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      [],
      ["Bearer wrong"],
      [`bearer  ${token} `],
      [`Bearer ${token}`, "Bearer wrong"],
      ["Bearer wrong", `Bearer ${token}`],
      [`Bearer ${token}, Bearer ${token}`],
      [`Basic ${token}`],
      ["Bearer"],
      [token],
    ),
  },
  { weight: 1, arbitrary: anyBytes.map((bytes) => [`Bearer ${bytes}`]) },
);
const header = fc.oneof(
  fc.constantFrom(
    ["content-encoding", "gzip"],
    ["content-encoding", "br, gzip"],
    ["content-type", "text/plain; charset=utf-7"],
    ["expect", "100-continue"],
    ["expect", "200-ok"],
    ["upgrade", "websocket"],
    ["connection", "upgrade"],
    ["connection", "close"],
    ["transfer-encoding", "identity"],
    ["transfer-encoding", "gzip, chunked"],
    ["content-length", "1"],
    ["content-length", "-1"],
    ["content-length", "1e3"],
    ["content-length", "99999999999999999999"],
    ["host", "evil.example"],
    ["x-forwarded-for", "x".repeat(20_000)],
    ["cookie", token],
    ["x", "a\r\n b"],
    ["x\u0000", "y"],
    ["x y", "z"],
  ),
  fc.tuple(fc.constant("x-any"), anyBytes),
);
const transaction = fc.record({
  events: fc.array(fc.oneof(fc.constant(message), anyJson), { maxLength: 3 }),
});
const body = fc.oneof(
  { weight: 5, arbitrary: written(transaction) },
  { weight: 2, arbitrary: written(anyJson) },
  {
    weight: 2,
    arbitrary: fc.tuple(written(transaction), edits(anyText)).map(([whole, made]) => edited(whole, made)),
  },
  { weight: 1, arbitrary: anyBytes },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "[".repeat(most),
      " ".repeat(most - 1),
      "1".repeat(most + 1),
      `{"events":${"9".repeat(5_000)}}`,
    ),
  },
);

/** Requests as bytes on a real connection: all of them are answered as the specification has it, or the connection ends. */
export const intake = fuzzed({
  name: "intake",
  share: 20,
  inputs: fc.record({
    method,
    path,
    version: fc.oneof(
      { weight: 9, arbitrary: fc.constant("1.1") },
      { weight: 1, arbitrary: fc.constantFrom("1.0", "2.0", "0.9", "x") },
    ),
    authorization,
    headers: fc.array(header, { maxLength: 2 }),
    body,
    /** How the body's length is told: truly, too short, too long, in chunks, not at all. */
    framing: fc.constantFrom("length", "length", "short", "long", "chunked", "cut", "none"),
    keeps: fc.oneof(
      { weight: 9, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  }),
  begin: async (stack) => {
    const world: World = { keeps: true, kept: [], logged: [] };
    const note = (facts: unknown, words: string) =>
      void world.logged.push(`${words} ${JSON.stringify(facts)}`);
    const intake = createIntake({
      hsToken: token,
      legacyQueryToken: false,
      accept: async (transaction) => {
        if (!world.keeps) throw new Error("the disk is full");
        world.kept.push(transaction);
      },
      ready: () => ({ ready: true, reasons: [] }),
      log: { warn: note, error: note },
      limits: { bodyBytes: most, headersMs: 1_000, requestMs: 1_000 },
    });
    const { port } = await intake.listen({ host: "127.0.0.1", port: 0 });
    stack.defer(async () => void (await intake.close(0)));
    return async (input) => {
      Object.assign(world, { keeps: input.keeps, kept: [], logged: [] });
      const answered = await exchange(port, requestOf(input));
      const logged = world.logged.join("\n");
      assert.ok(!answered.includes(token) && !logged.includes(token), "the token is told");
      assert.doesNotMatch(logged, /met a fault/);
      const answers = answersIn(answered);
      for (const answer of answers) assertAnswer(answer, input.method);
      assertKept(world, answers, input);
    };
  },
});

interface World {
  keeps: boolean;
  kept: Transaction[];
  logged: string[];
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly authorization: readonly string[];
  readonly headers: readonly (readonly string[])[];
  readonly body: string;
  readonly framing: string;
}

function requestOf({ method, path, version, authorization, headers, body, framing }: Request): Buffer {
  const bytes = Buffer.from(body);
  const lengths: Readonly<Record<string, string>> = {
    length: `content-length: ${bytes.length}\r\n`,
    short: `content-length: ${bytes.length >> 1}\r\n`,
    long: `content-length: ${bytes.length + 9}\r\n`,
    cut: `content-length: ${bytes.length}\r\n`,
    chunked: "transfer-encoding: chunked\r\n",
  };
  const lines = [
    `${method} ${path} HTTP/${version}`,
    "host: x",
    ...authorization.map((shown) => `authorization: ${shown}`),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n${lengths[framing] ?? ""}\r\n`, "latin1");
  if (framing === "cut") return Buffer.concat([head, bytes.subarray(0, bytes.length >> 1)]);
  if (framing !== "chunked") return Buffer.concat([head, bytes]);
  const chunk = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  return Buffer.concat([
    head,
    ...(bytes.length === 0 ? [] : [chunk, bytes, Buffer.from("\r\n")]),
    Buffer.from("0\r\n\r\n"),
  ]);
}

/** Sends bytes and nothing after them, and gives what comes until the connection ends. */
async function exchange(port: number, request: Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  // It may be closed before everything is sent.
  socket.on("error", () => {});
  socket.end(request);
  return text(socket).catch(() => "");
}

interface Answered {
  readonly status: number;
  readonly body: string;
}

/** The answers in what came, the interim ones left out. */
function answersIn(answered: string): readonly Answered[] {
  const answers: Answered[] = [];
  for (let rest = answered; rest !== ""; ) {
    const [head = "", ...others] = rest.split("\r\n\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const after = others.join("\r\n\r\n");
    assert.ok(status >= 100, `this is no answer: ${rest}`);
    if (status >= 200) answers.push({ status, body: after.slice(0, length) });
    rest = after.slice(length);
  }
  return answers;
}

/** The form of an error in the specification ("Standard error response"); who watches gets no such. */
function assertAnswer({ status, body }: Answered, method: string): void {
  if (method === "HEAD" && body === "") return;
  const { errcode, error } = JSON.parse(body);
  if (status < 400) return;
  assert.match(errcode, /^M_[A-Z_]+$/);
  assert.equal(typeof error, "string");
}

/** What was acknowledged was kept, and nothing else was: event by event, those that are none among them. */
function assertKept({ kept }: World, answers: readonly Answered[], request: Request): void {
  if (!isOrdinary(request)) return;
  const [answer] = answers;
  assert.equal(kept.length, answer?.status === 200 ? 1 : 0, `${answer?.status} for ${kept.length} kept`);
  const [transaction] = kept;
  if (transaction === undefined) return;
  const { events = [] } = JSON.parse(request.body);
  const due = Array.isArray(events) ? events.filter((event) => isMalformed(decodeEvent(event))).length : 1;
  const malformed = transaction.events.filter((event) => "malformed" in event).length;
  assert.equal(malformed, due, "what is no event is kept aside");
}

function isOrdinary({ method, path, version, authorization, headers, framing, body }: Request): boolean {
  const isTransaction = method === "PUT" && path === "/_matrix/app/v1/transactions/1" && version === "1.1";
  const isPlain = headers.length === 0 && framing === "length" && Buffer.byteLength(body) <= most;
  return isTransaction && isPlain && authorization[0] === `Bearer ${token}`;
}
