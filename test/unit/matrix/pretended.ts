import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { createHomeserver } from "../../../src/matrix/homeserver.ts";
import { listen } from "../../../src/matrix/listen.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";

export const asToken = "as-token-of-the-test";
export const bot = "@cordon:bank.example";
export const room = "!room";

/** What it does with a request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

interface Pretended {
  readonly url: string;
  readonly homeserver: Homeserver;
  /** Method and target of each request. */
  readonly asked: string[];
  /** Its `authorization` header. */
  readonly shown: (string | undefined)[];
}

/**
 * A homeserver that answers everything in one way.
 *
 * @param timeoutMs how long is waited for it; it answers, so it only has to end
 */
export async function pretend(t: TestContext, behave: Behaviour, timeoutMs = 60_000): Promise<Pretended> {
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
    homeserver: createHomeserver({ url, asToken, bot, device: "CORDON", timeoutMs }),
    asked,
    shown,
  };
}

/** Always the same answer; a body that is no text is written as JSON. */
export function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return (_request, response) => void response.writeHead(status, headers).end(text);
}

/** The error that a call comes to, of one line and with nothing secret in it. */
export async function failure(call: Promise<unknown>): Promise<HomeserverError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof HomeserverError, `expected a HomeserverError, not ${thrown}`);
  assert.doesNotMatch(thrown.message, /as-token|\?|\n/);
  return thrown;
}
