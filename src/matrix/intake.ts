/**
 * The door the homeserver knocks on: the application-service endpoint over plain `node:http`.
 *
 * It stands in the place of `matrix-appservice`'s `AppService`, which answers 200 before anything is kept,
 * so that a crash loses events for good; stops at bodies of 5 MB, which a batch of 100 events can exceed
 * and a homeserver then repeats for ever; reads strangers' bodies before it looks at their token; and has no
 * ping. Here a transaction is acknowledged when `accept` has kept it, and not before.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Answer, refusal, send, sendAndClose } from "./answer.ts";
import { readBody } from "./body.ts";
import { text } from "./event.ts";
import { type ListenAddress, listen } from "./listen.ts";
import { findRoute, type Route } from "./route.ts";
import { tokenCheck } from "./token.ts";
import { BadBody, decodeBody, decodeTransaction, type Transaction } from "./transaction.ts";

/** A transaction that cannot be kept at the moment, for a reason that has been told already. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/** Whether the service does what people wait for, and what of its work it does not, in words for an operator. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** By what this installation is told from another that answers in its place, as soon as that is known. */
  readonly installation?: string | undefined;
  /** What the service works by, without a word of what that is. */
  readonly configuration?: ConfigurationStanding;
}

/** By which configuration a service works, as far as strangers may know. */
export interface ConfigurationStanding {
  /** The marks of the settings that take effect at a restart and at a reload; not there before they are known. */
  readonly restart?: string | undefined;
  readonly reload?: string | undefined;
  /** Why the last reload was refused, where it was. */
  readonly refused?: string | undefined;
}

/** The part of a logger that the intake uses. */
export interface IntakeLog {
  warn(facts: object, words: string): void;
  error(facts: object, words: string): void;
}

export interface IntakeOptions {
  /** The token the homeserver shows, from the registration. */
  readonly hsToken: string;
  /** Whether the token may also come as `?access_token=`, from homeservers that know no header. */
  readonly legacyQueryToken: boolean;
  /**
   * Keeps a transaction. The homeserver forgets it when this resolves, and sends it again when it rejects;
   * with {@link NotKept} nothing is logged.
   * The same events may come again, under the same id or another one, also while this runs.
   */
  readonly accept: (transaction: Transaction) => Promise<void>;
  readonly ready: () => Readiness;
  /** The figures for whoever watches over the service; nothing is there where not given. */
  readonly metrics?: () => Promise<{ readonly text: string; readonly type: string }>;
  /** Told of each ping of the homeserver, with the id that the ping was asked for with. */
  readonly onPing?: (transactionId: string | undefined) => void;
  readonly log: IntakeLog;
  readonly limits?: Partial<IntakeLimits>;
}

/** What a request may cost. Times in milliseconds. */
interface IntakeLimits {
  /** The largest body. A hundred events of the largest size with their `unsigned` come to about 13 MB. */
  readonly bodyBytes: number;
  readonly headersMs: number;
  /** Until the whole request has arrived. Synapse gives a transaction up after 60 s. */
  readonly requestMs: number;
  /** How long an unused connection stays. Synapse keeps its own for two minutes, and must not meet a closed one. */
  readonly idleMs: number;
}

export interface Intake {
  /** Starts listening and gives the real address. Throws a `ListenError`. */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /**
   * Takes no more requests, and waits up to `graceMs` (3 s) for those being handled. `drained` is false
   * where some were cut off: they were not acknowledged, so the homeserver sends them again.
   */
  close(graceMs?: number): Promise<{ readonly drained: boolean }>;
}

const usualLimits: IntakeLimits = {
  bodyBytes: 32 * 1024 * 1024,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 180_000,
};

/** The largest body of a ping, in bytes. */
const pingBytes = 64 * 1024;

const done: Answer = { status: 200, body: {} };
const unrecognized = refusal(404, "M_UNRECOGNIZED", "There is nothing at this path.");
const notFound = refusal(404, "M_NOT_FOUND", "No such user or room is made on request.");
const missingToken = refusal(401, "M_MISSING_TOKEN", "The homeserver's token is missing.");
const wrongToken = refusal(403, "M_FORBIDDEN", "This is not the hs_token of the registration.");
const tooLarge = refusal(413, "M_TOO_LARGE", "The body is larger than this service reads.");
const undecodable = refusal(400, "M_INVALID_PARAM", "The path is not valid percent-encoded text.");
const notKept = refusal(503, "M_UNKNOWN", "The transaction could not be kept. Send it again.");
const fault = refusal(500, "M_UNKNOWN", "The service met a fault of its own.");
const noRequest = refusal(400, "M_UNRECOGNIZED", "This is no HTTP request.");
/** What is said to a request that is not understood as one, by the codes of Node's parser. */
const unreadable: ReadonlyMap<string, Answer> = new Map([
  ["HPE_HEADER_OVERFLOW", refusal(431, "M_TOO_LARGE", "The headers are larger than this service reads.")],
  ["ERR_HTTP_REQUEST_TIMEOUT", refusal(408, "M_UNKNOWN", "The request took too long to arrive.")],
]);

export function createIntake(options: IntakeOptions): Intake {
  const limits = { ...usualLimits, ...options.limits };
  const { log } = options;
  const tokenOf = tokenCheck(options.hsToken, options.legacyQueryToken);
  const handling = new Set<Promise<void>>();
  const server = createServer(serverOptions(limits), (request, response) => {
    const handled = handle(request, response).finally(() => handling.delete(handled));
    handling.add(handled);
  });
  // What somebody expects besides is not looked at (RFC 9110, section 10.1.1): the request is answered as it is.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    sendAndClose(socket, unreadable.get(error.code ?? "") ?? noRequest);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer | "cut-off";
    try {
      answer = await answerTo(request);
    } catch (err) {
      log.error({ err }, "A request of the homeserver met a fault");
      answer = fault;
    }
    if (answer === "cut-off") return;
    if (!server.listening) response.setHeader("connection", "close");
    send(request, response, answer);
  }

  async function answerTo(request: IncomingMessage): Promise<Answer | "cut-off"> {
    const route = findRoute(pathOf(request));
    if (route === "unknown") return unrecognized;
    if (route === "undecodable") return undecodable;
    if (request.method !== route.method) return wrongMethod(route);
    if (route.endpoint === "live") return done;
    if (route.endpoint === "ready") return readiness(options.ready());
    if (route.endpoint === "metrics") return metrics();
    const token = tokenOf(request);
    if (token !== "right") return unauthorized(token, route);
    if (route.endpoint === "transaction") return takeTransaction(request, route.argument);
    if (route.endpoint === "ping") return takePing(request);
    // Nobody is made because somebody asks: the bot is registered at start, and rooms come from incidents.
    return notFound;
  }

  async function metrics(): Promise<Answer> {
    if (options.metrics === undefined) return unrecognized;
    const { text: body, type } = await options.metrics();
    return { status: 200, body, headers: { "content-type": type } };
  }

  async function takeTransaction(request: IncomingMessage, txnId: string): Promise<Answer | "cut-off"> {
    const body = await readBody(request, limits.bodyBytes);
    if (body === "cut-off") return body;
    if (body === "too-large") return tooBig(txnId);
    const transaction = decodeTransaction(txnId, body.text);
    if (transaction instanceof BadBody) return badBody(transaction);
    try {
      await options.accept(transaction);
      return done;
    } catch (err) {
      if (!(err instanceof NotKept))
        log.error({ err, txnId }, "A transaction could not be kept; the homeserver will send it again");
      return notKept;
    }
  }

  async function takePing(request: IncomingMessage): Promise<Answer | "cut-off"> {
    const body = await readBody(request, pingBytes);
    if (body === "cut-off") return body;
    if (body === "too-large") return tooLarge;
    const ping = decodeBody(body.text);
    if (ping instanceof BadBody) return badBody(ping);
    options.onPing?.(text(ping, "transaction_id"));
    return done;
  }

  function unauthorized(token: "wrong" | "missing", route: Route): Answer {
    log.warn(
      { endpoint: route.endpoint, shown: token },
      "A request without the homeserver's token was turned away; compare the hs_token on both sides",
    );
    return token === "missing" ? missingToken : wrongToken;
  }

  function tooBig(txnId: string): Answer {
    log.error(
      { txnId, bytes: limits.bodyBytes },
      "A transaction is too large to be read, and the homeserver sends nothing after it",
    );
    return tooLarge;
  }

  function badBody(body: BadBody): Answer {
    log.error({ errcode: body.errcode }, "A request of the homeserver cannot be read");
    return refusal(400, body.errcode, body.error);
  }

  return {
    listen: (address) => listen(server, address),
    close: (graceMs = 3_000) => drain(server, handling, graceMs),
  };
}

function serverOptions(limits: IntakeLimits) {
  return {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    // How often Node looks for requests that have run out of time.
    connectionsCheckingInterval: Math.min(limits.headersMs, limits.requestMs, 5_000),
  };
}

async function drain(
  server: Server,
  handling: ReadonlySet<Promise<void>>,
  graceMs: number,
): Promise<{ drained: boolean }> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const finished = Promise.all([closed, ...handling]).then(() => true);
  const { promise: outOfPatience, resolve: giveUp } = Promise.withResolvers<boolean>();
  const patience = setTimeout(giveUp, graceMs, false);
  const drained = await Promise.race([finished, outOfPatience]);
  clearTimeout(patience);
  if (!drained) server.closeAllConnections();
  return { drained };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

function wrongMethod({ method }: Route): Answer {
  return {
    ...refusal(405, "M_UNRECOGNIZED", `This path is for ${method} only.`),
    headers: { allow: method },
  };
}

function readiness({ ready, reasons, installation, configuration }: Readiness): Answer {
  // What is not known is left out.
  return { status: ready ? 200 : 503, body: { ready, reasons, installation, configuration } };
}
