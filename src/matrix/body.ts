import type { IncomingMessage } from "node:http";

/**
 * The whole body of a request as text, at most `maxBytes` of it. `"too-large"` as soon as that is known,
 * the rest being left unread; `"cut-off"` where the connection ended first.
 *
 * Bytes that are no UTF-8 become U+FFFD: to refuse them would stop the homeserver's queue for ever.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly text: string } | "too-large" | "cut-off"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve("too-large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      request.off("data", take).pause();
      resolve("too-large");
    };
    request.on("data", take);
    request.once("end", () => resolve({ text: Buffer.concat(chunks, size).toString() }));
    request.once("close", () => resolve("cut-off"));
  });
}
