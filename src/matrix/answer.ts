import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { JsonObject } from "./event.ts";

/** What the endpoint says to a request. */
export interface Answer {
  readonly status: number;
  /** Text as it stands, or what becomes JSON. */
  readonly body: JsonObject | string;
  readonly headers?: OutgoingHttpHeaders;
}

/** How long what is left of an unwanted body is thrown away before the connection is cut, in milliseconds. */
const lingerMs = 2_000;

/** The standard error of the specification. */
export function refusal(status: number, errcode: string, error: string): Answer {
  return { status, body: { errcode, error } };
}

/**
 * Sends an answer. Where the request's body has not been read the connection ends with it, but not at once:
 * a socket closed with bytes unread is reset, and the reset overtakes the answer. So the answer goes
 * first, what still comes is dropped unseen, and then the connection closes.
 */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const unread = !request.readableEnded && hasBody(request);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...(unread ? { connection: "close" } : {}),
    ...answer.headers,
  });
  if (unread) linger(request, response, text);
  else response.end(text);
}

/**
 * Sends an answer to what could not be read as a request, and ends the connection. Where something was said on it
 * before, an answer may be half on its way: then it only ends.
 */
export function sendAndClose(socket: Duplex, { status, body }: Answer): void {
  if (!socket.writable || (socket instanceof Socket && socket.bytesWritten > 0)) {
    socket.destroy();
    return;
  }
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0
  );
}

function linger(request: IncomingMessage, response: ServerResponse, text: string): void {
  response.write(text);
  const finish = () => {
    clearTimeout(patience);
    response.end();
  };
  const patience = setTimeout(finish, lingerMs);
  request.once("close", finish);
  request.once("end", finish);
  request.resume();
}
