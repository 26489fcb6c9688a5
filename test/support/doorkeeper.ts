import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { isObject, type JsonObject } from "../../src/matrix/event.ts";
import { listening } from "./listening.ts";

/** Stands between a homeserver and the service, and hands transactions on as a test wants. */
export interface Doorkeeper {
  /** Where the homeserver finds it. */
  readonly url: string;
  /** Hands transactions on to the service at this address, from now on. */
  open(service: string): void;
  /** Answers for the service and keeps the events back; with what came since the last time. */
  hold(): void;
  /** The events kept back so far. */
  readonly held: readonly JsonObject[];
  /** Takes the events and answers nothing at all, as a service does that hangs. */
  hang(): void;
  /** How often the homeserver has brought a transaction in vain because of that. */
  readonly hung: number;
  /** How many requests could not be handed on, since the service did not answer. */
  readonly refused: number;
  /** Hands everything on again as it comes. What hangs is cut off. */
  release(): void;
}

/** Starts one; it ends after the test or file. */
export async function newDoorkeeper(): Promise<Doorkeeper> {
  let target = "";
  let holding = false;
  let hanging = false;
  let hung = 0;
  let refused = 0;
  const held: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const isTransaction = (request.url ?? "").includes("/transactions/");
    if (hanging && isTransaction) {
      hung += 1;
      return;
    }
    if (holding && isTransaction) {
      held.push(...eventsOf(body));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
      return;
    }
    const { status, words } = await handOn(
      target,
      request.method ?? "",
      request.url ?? "",
      request.headers.authorization ?? "",
      body,
    );
    if (status === 502) refused += 1;
    response.writeHead(status, { "content-type": "application/json" }).end(words);
  });
  return {
    url: await listening(server),
    held,
    get hung() {
      return hung;
    },
    get refused() {
      return refused;
    },
    open: (service) => {
      target = service;
    },
    hold: () => {
      held.length = 0;
      holding = true;
    },
    hang: () => {
      hanging = true;
    },
    release: () => {
      if (hanging) server.closeAllConnections();
      holding = false;
      hanging = false;
    },
  };
}

/** Hands one request on; 502 where the service does not answer, so that the homeserver tries again. */
async function handOn(target: string, method: string, path: string, authorization: string, body: string) {
  try {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${target}${path}`, {
      method,
      headers,
      ...(method === "GET" ? {} : { body }),
    });
    return { status: answer.status, words: await answer.text() };
  } catch {
    return { status: 502, words: "{}" };
  }
}

function eventsOf(body: string): readonly JsonObject[] {
  const transaction: unknown = JSON.parse(body);
  return isObject(transaction) && Array.isArray(transaction.events)
    ? transaction.events.filter(isObject)
    : [];
}
