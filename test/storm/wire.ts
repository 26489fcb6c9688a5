import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Mischief } from "./schedule.ts";

/** What came back from the other end. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** How long the other end may take before the next one is asked, in milliseconds. */
const patienceMs = 4_000;
const delayMs = 1_500;
const laterMs = 3_000;

/**
 * A wire between two programs that speak HTTP, on which things can go wrong:
 *
 * - `cut`: the connection breaks at once; `hang`: nobody answers while it lasts; `delay`: everything takes long
 * - `half`: only half of what is asked arrives; `truncate`: it arrives, and half of the answer comes back;
 *   `lose`: it arrives, and no answer comes back
 * - `twice`: everything arrives twice; `again-later`: it arrives, and once more when others have come after it
 * - a status: somebody in between refuses, and nothing arrives
 */
export class Wire {
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #ends: () => readonly string[];
  #mischief: Mischief | undefined;
  #turn = 0;

  private constructor(server: ReturnType<typeof createServer>, ends: () => readonly string[]) {
    this.#server = server;
    this.#ends = ends;
    const address = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${address.port}`;
  }

  /** `ends` are where it leads to, as base addresses: each request goes to one of them, in turn. */
  static async lay(ends: () => readonly string[]): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const wire = new Wire(server, ends);
    server.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
      wire.#carry(incoming, response).catch(() => response.destroy());
    });
    return wire;
  }

  /** From now on this goes wrong, until the wire is mended. */
  damage(mischief: Mischief): void {
    this.#mischief = mischief;
  }

  mend(): void {
    this.#mischief = undefined;
  }

  async take(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #carry(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked: Asked = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: incoming.headers,
      body: await buffer(incoming),
    };
    const mischief = this.#mischief;
    switch (mischief) {
      case "cut":
        response.destroy();
        return;
      case "hang":
        while (this.#mischief === "hang") await delay(50);
        response.destroy();
        return;
      case "delay":
        await delay(delayMs);
        break;
      case "half":
        await this.#ask({ ...asked, body: asked.body.subarray(0, asked.body.length / 2) });
        response.destroy();
        return;
      case "lose":
        await this.#ask(asked);
        response.destroy();
        return;
      case "twice":
        await this.#ask(asked);
        break;
      case "again-later":
        setTimeout(() => void this.#ask(asked), laterMs).unref();
        break;
      case "500":
      case "502":
      case "413":
        refuse(response, Number(mischief), {});
        return;
      case "429":
        refuse(response, 429, { retry_after_ms: 200 });
        return;
      case "truncate":
      case undefined:
        break;
    }
    const answer = await this.#ask(asked);
    if (answer === undefined) return refuse(response, 502, {});
    response.writeHead(answer.status, passedOn(answer));
    if (mischief !== "truncate") {
      response.end(answer.body);
      return;
    }
    response.write(answer.body.subarray(0, answer.body.length / 2));
    response.socket?.destroySoon();
  }

  /** Asks one end after the other until one answers. */
  async #ask(asked: Asked): Promise<Answer | undefined> {
    const ends = this.#ends();
    this.#turn += 1;
    for (let attempt = 0; attempt < ends.length; attempt += 1) {
      const base = ends[(this.#turn + attempt) % ends.length];
      const answer = base === undefined ? undefined : await ask(base, asked);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, more: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errcode: "M_UNKNOWN", error: "a storm", ...more }));
}

/** The headers that say something about the content; how it was carried is another matter on the next wire. */
function passedOn({ headers, body }: Answer): Record<string, string | number> {
  const { "content-type": type = "application/json", date } = headers;
  return { "content-type": type, "content-length": body.length, ...(date === undefined ? {} : { date }) };
}

function ask(base: string, { method, path, headers, body }: Asked): Promise<Answer | undefined> {
  const { host: _, connection: __, "transfer-encoding": ___, ...kept } = headers;
  return new Promise((resolve) => {
    const sending = request(base + path, {
      method,
      headers: { ...kept, "content-length": body.length },
      agent: false,
      signal: AbortSignal.timeout(patienceMs),
    });
    sending.on("error", () => resolve(undefined));
    sending.on("response", (response) => {
      buffer(response).then(
        (answer) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: answer }),
        () => resolve(undefined),
      );
    });
    sending.end(body);
  });
}
