import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { isObject, type JsonObject } from "../../src/matrix/event.ts";
import { listening } from "./listening.ts";

/** An answer of `GET /rooms/{roomId}/messages`. */
export interface HistoryAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

type Ask = (from: string | undefined) => Promise<HistoryAnswer>;

/** What becomes of a question for signed events; `ask` puts one to the homeserver itself. */
export type Teller = (from: string | undefined, ask: Ask) => Promise<HistoryAnswer>;

/** Stands between the service and a real homeserver, and tells the history of rooms as a test wants. */
export interface HistoryProxy {
  readonly url: string;
  /** The truth, unless a test says something else. */
  tell: Teller;
  /** Whether signed events are asked for; where not, the homeserver is as one that gives none. */
  signed: boolean;
}

export const truth: Teller = (from, ask) => ask(from);

/** Starts one, whose pages have so many events; it ends after the test or file. */
export async function newHistoryProxy(homeserver: string, pageSize: number): Promise<HistoryProxy> {
  const state = { tell: truth, signed: true };
  const server = createServer((request, response) => {
    hand(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  return Object.assign(state, { url: await listening(server) });

  async function hand(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", homeserver);
    const body = await buffer(request);
    const put = (to: URL) => fetch(to, { ...essentials(request), ...(body.length === 0 ? {} : { body }) });
    if (!asksForSigned(url)) {
      const answer = await put(url);
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
      response.end(Buffer.from(await answer.arrayBuffer()));
      return;
    }
    const { status, body: told } = await state.tell(
      url.searchParams.get("from") ?? undefined,
      async (from) => {
        const answer = await put(pageOf(url, from));
        const given: unknown = await answer.json();
        return { status: answer.status, body: isObject(given) ? given : {} };
      },
    );
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(told));
  }

  function pageOf(asked: URL, from: string | undefined): URL {
    const url = new URL(asked);
    url.searchParams.set("limit", String(pageSize));
    if (!state.signed) url.searchParams.set("filter", "{}");
    if (from === undefined) url.searchParams.delete("from");
    else url.searchParams.set("from", from);
    return url;
  }
}

function essentials({ method = "GET", headers }: IncomingMessage) {
  const kept = ["authorization", "content-type"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as [string, string]] : [];
  });
  return { method, headers: kept };
}

function asksForSigned(url: URL): boolean {
  return (
    url.pathname.endsWith("/messages") && (url.searchParams.get("filter") ?? "").includes('"federation"')
  );
}
