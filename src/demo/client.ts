import { isObject, type JsonObject, text } from "../matrix/event.ts";
import type { UserId } from "../matrix/ids.ts";

/** Someone signed in to a homeserver. */
export interface Account {
  /** Base address of the homeserver, without a slash at the end. */
  readonly homeserver: string;
  readonly userId: UserId;
  readonly accessToken: string;
  /** For signing in with a client besides. */
  readonly password: string;
}

/** The homeserver said no: the HTTP status, and the `errcode` of the standard error response. */
export class HomeserverRefusal extends Error {
  override readonly name = "HomeserverRefusal";
  readonly status: number;
  readonly errcode: string;

  constructor(what: string, status: number, answer: unknown) {
    const errcode = text(answer, "errcode") ?? "M_UNKNOWN";
    super(`${what}: ${status} ${errcode} ${text(answer, "error") ?? ""}`.trimEnd());
    this.status = status;
    this.errcode = errcode;
  }
}

export interface RequestOptions {
  readonly accessToken?: string;
  /** An object is sent as JSON, bytes as they are. */
  readonly body?: JsonObject | Uint8Array<ArrayBuffer>;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Much longer than a homeserver holds any answer back, in milliseconds. A file may take longer. */
const patienceMs = 120_000;

/**
 * One call of the client-server API. `path` begins with a slash and is encoded already.
 * Errors: {@link HomeserverRefusal} for any status but 2xx; what `fetch` throws where there is no answer.
 */
export async function request(
  homeserver: string,
  method: "GET" | "PUT" | "POST" | "DELETE",
  path: string,
  { accessToken, body, contentType = "application/json", signal }: RequestOptions = {},
): Promise<JsonObject> {
  const isFile = body instanceof Uint8Array;
  const signals = [signal, isFile ? undefined : AbortSignal.timeout(patienceMs)].filter(
    (one) => one !== undefined,
  );
  const response = await fetch(homeserver + path, {
    method,
    headers: {
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(body === undefined ? {} : { "content-type": contentType }),
    },
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    signal: AbortSignal.any(signals),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  // The access token is in a header, so the path may be told.
  if (!response.ok)
    throw new HomeserverRefusal(`${method} ${path.replace(/\?.*/, "")}`, response.status, answer);
  return isObject(answer) ? answer : {};
}
