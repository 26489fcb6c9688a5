import { createServer, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { listening } from "./listening.ts";

/** What stands before several services and gives each request to one of them, as an operator sets it up. */
export interface Balancer {
  readonly url: string;
  /** Begins to pass requests on to these, one after the other. */
  serve(addresses: readonly string[]): void;
}

/** How long one of them may take to answer before the next is asked, in milliseconds. */
const patienceMs = 2_000;

/** Starts one on a free port, which lasts until the tests of the file are done. */
export async function startBalancer(): Promise<Balancer> {
  let behind: readonly string[] = [];
  let turn = 0;
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await buffer(request);
      turn += 1;
      for (let attempt = 0; attempt < behind.length; attempt += 1) {
        const base = behind[(turn + attempt) % behind.length];
        const answer = await ask(`${base}${request.url}`, request.method ?? "GET", request.headers, body);
        if (answer === undefined) continue;
        response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
        return;
      }
      response.writeHead(502).end();
    };
    pass().catch(() => response.destroy());
  });
  return {
    url: await listening(server),
    serve(addresses) {
      behind = addresses;
    },
  };
}

async function ask(
  url: string,
  method: string,
  { authorization = "" }: IncomingHttpHeaders,
  body: Buffer,
): Promise<{ readonly status: number; readonly body: Buffer } | undefined> {
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization, "content-type": "application/json" },
      signal: AbortSignal.timeout(patienceMs),
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  } catch {
    return undefined;
  }
}
