import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a request shows as its token: the right one, another one, or none. */
type TokenVerdict = "right" | "wrong" | "missing";

/**
 * A check of the token a homeserver shows (application-service API, "Authorization"). It takes the same
 * time whatever the token, and looks at the headers only, so that a stranger's body is never read.
 * With `fromQuery` a request without the header may bring `?access_token=`, as homeservers did before
 * Matrix 1.4.
 */
export function tokenCheck(expected: string, fromQuery: boolean): (request: IncomingMessage) => TokenVerdict {
  const digest = sha256(expected);
  return (request) => {
    const shown = bearer(request) ?? (fromQuery ? queryToken(request) : undefined);
    if (shown === undefined) return "missing";
    // Digests have one length, which timingSafeEqual wants, and tell nothing about the token's own.
    return timingSafeEqual(sha256(shown), digest) ? "right" : "wrong";
  };
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}

function queryToken(request: IncomingMessage): string | undefined {
  const [, query] = (request.url ?? "").split("?", 2);
  return new URLSearchParams(query).get("access_token") ?? undefined;
}
