/**
 * One call to the homeserver. The only file that knows the bot SDK, of which it takes the one function that
 * makes a request, and not the whole: the rest would print a deprecation warning of one of its parts on
 * stderr, and costs 20 MB and half a second.
 */
import type { EventEmitter } from "node:events";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { doHttpRequest } from "@vector-im/matrix-bot-sdk/lib/http.js";
import { LogService } from "@vector-im/matrix-bot-sdk/lib/logging/LogService.js";
import { getRequestFn, setRequestFn } from "@vector-im/matrix-bot-sdk/lib/request.js";
import { errorOfAnswer, errorOfNetwork, misshapen, type RawAnswer } from "./errors.ts";
import { isObject, type JsonObject } from "./event.ts";
import type { UserId } from "./ids.ts";

export interface ClientOptions {
  /** Where the homeserver's client-server API is, such as `https://matrix.bank.example`. */
  readonly url: string;
  readonly asToken: string;
  readonly bot: UserId;
  /** The id of the bot's device. */
  readonly device: string;
  /** How long an answer may stay away, in milliseconds. */
  readonly timeoutMs: number;
  /** Asked right before every call that changes something; what it throws is thrown, and nothing is called. */
  readonly mayWrite?: () => Promise<void>;
}

export interface Call {
  /** Continues "Could not …" where the call fails. */
  readonly doing: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "DELETE";
  /** Made by `path`, so that no id can change where it leads. */
  readonly path: string;
  /**
   * In whose name. `device` is the bot at its device: Synapse recognizes a repeated transaction id after a
   * restart only where there is one, and answers 500 where a device comes without the user. `service` is the
   * application service itself, for calls from before the bot exists.
   */
  readonly as: "bot" | "device" | "service";
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject | { readonly bytes: Uint8Array; readonly contentType: string };
}

export interface Client {
  /** The answer of a call that went well. Rejects with a `HomeserverError`. */
  request(call: Call): Promise<RawAnswer>;
  /** What `decode` finds in the body of the answer; where that is `undefined` the call has failed. */
  read<T>(call: Call, decode: (body: unknown) => T | undefined): Promise<T>;
}

/** A path whose inserted parts are percent-encoded. */
export function path(texts: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: texts }, ...parts.map(encodeURIComponent));
}

/** The query that names the one a call is made for. */
export function identity(as: Call["as"], { bot, device }: ClientOptions): Readonly<Record<string, string>> {
  if (as === "service") return {};
  return as === "bot" ? { user_id: bot } : { user_id: bot, device_id: device };
}

export function createClient(options: ClientOptions): Client {
  const url = options.url.replace(/\/+$/, "");
  const headers = () => ({ authorization: `Bearer ${options.asToken}` });

  async function request(call: Call): Promise<RawAnswer> {
    const { body, contentType } = payload(call.body);
    const query = { ...call.query, ...identity(call.as, options) };
    if (call.method !== "GET") await options.mayWrite?.();
    const response: unknown = await doHttpRequest(
      url,
      call.method,
      call.path,
      query,
      body,
      headers(),
      options.timeoutMs,
      true,
      contentType,
      true,
      // Answers are judged here: the SDK takes any content with a member "errcode" for an error.
      { errorHandler: () => undefined },
    ).catch((thrown: unknown) => {
      // The SDK throws the response itself where the status is not 2xx.
      if (isResponse(thrown)) return thrown;
      throw errorOfNetwork(call.doing, thrown);
    });
    if (!isResponse(response)) throw new TypeError("The SDK gave no response");
    const { statusCode: status, headers: answered } = response;
    const words = response.body.toString();
    if (status >= 200 && status < 300) return { status, headers: answered, body: parsed(words) };
    throw errorOfAnswer(call.doing, { status, headers: answered, body: parsed(discreet(words, options)) });
  }

  async function read<T>(call: Call, decode: (body: unknown) => T | undefined): Promise<T> {
    const { body } = await request(call);
    const value = decode(body);
    if (value === undefined) throw misshapen(call.doing);
    return value;
  }

  return { request, read };
}

/** What the SDK gives with `raw` and without an encoding. */
interface Response {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function isResponse(value: unknown): value is Response {
  return (
    isObject(value) &&
    typeof value.statusCode === "number" &&
    isObject(value.headers) &&
    Buffer.isBuffer(value.body)
  );
}

/** What an error says, without the token: a proxy may repeat what it was sent. */
export function discreet(words: string, { asToken }: Pick<ClientOptions, "asToken">): string {
  return words.replaceAll(asToken, "…");
}

/** The value of a JSON text, `undefined` where it is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function payload(body: Call["body"]) {
  if (body === undefined) return { body: null, contentType: "application/json" };
  if (body.bytes instanceof Uint8Array) {
    const { buffer, byteOffset, byteLength } = body.bytes;
    return { body: Buffer.from(buffer, byteOffset, byteLength), contentType: String(body.contentType) };
  }
  return { body, contentType: "application/json" };
}

// The SDK prints every refusal, with its text, as an error. Whoever calls decides what is worth a line.
const silent = () => {};
LogService.setLogger({ trace: silent, debug: silent, info: silent, warn: silent, error: silent });

// The homeserver is a neighbour: its token goes neither through a proxy that the environment names nor after
// a redirect.
const request = getRequestFn().defaults({ proxy: null, followRedirect: false });
setRequestFn((...asked: Parameters<typeof request>) => withoutUpgrade(request(...asked)));

/** An answer that changes the protocol is none to us, and the SDK would wait for another for ever. */
function withoutUpgrade(call: EventEmitter): EventEmitter {
  return call.once("request", (outgoing: ClientRequest) => {
    outgoing.once("upgrade", (_answer, socket) => {
      socket.destroy();
      outgoing.emit(
        "error",
        Object.assign(new Error("an upgrade nobody asked for"), { code: "ERR_UPGRADE" }),
      );
    });
  });
}
