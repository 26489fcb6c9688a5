import { ReadableStream } from "node:stream/web";
import { type Client, type ClientOptions, discreet, identity, parsed, path } from "./client.ts";
import { errorOfAnswer, errorOfNetwork, HomeserverError, misshapen } from "./errors.ts";
import { isObject } from "./event.ts";
import { isMediaUri, type MediaUri } from "./ids.ts";
import type { Download, Downloader, Uploader } from "./ports.ts";

/** The calls that bring files to the homeserver and fetch them. */
export function mediaCalls(client: Client, options: ClientOptions): Uploader & Downloader {
  return {
    upload: (bytes, contentType, filename) =>
      client.read(
        {
          doing: "upload a file",
          method: "POST",
          path: path`/_matrix/media/v3/upload`,
          as: "bot",
          query: { filename },
          body: { bytes, contentType },
        },
        (body) => (isObject(body) && isMediaUri(body.content_uri) ? body.content_uri : undefined),
      ),

    async download(media, { maxBytes }) {
      const source = mediaPath(media);
      try {
        return await fetchFile(options, `/_matrix/client/v1/media/download${source}`, maxBytes);
      } catch (error) {
        // Homeservers from before Matrix 1.11 serve the path without authentication only.
        if (!isUnrecognized(error)) throw error;
        return await fetchFile(options, `/_matrix/media/v3/download${source}`, maxBytes);
      }
    },
  };
}

const doing = "fetch a file";

/** `/server/id` of `mxc://server/id`. */
function mediaPath(media: MediaUri): string {
  const [server = "", id = ""] = media.slice("mxc://".length).split("/");
  return path`/${server}/${id}`;
}

function isUnrecognized(error: unknown): boolean {
  return error instanceof HomeserverError && error.errcode === "M_UNRECOGNIZED";
}

/** Plain `fetch`, since the SDK holds a whole answer in memory. */
async function fetchFile(options: ClientOptions, path: string, maxBytes: number): Promise<Download> {
  const url = new URL(options.url.replace(/\/+$/, "") + path);
  url.search = new URLSearchParams(identity("bot", options)).toString();
  const patience = createPatience(options.timeoutMs);
  const headers = { authorization: `Bearer ${options.asToken}` };
  // As everywhere: the token does not follow a redirect.
  const request = fetch(url, { headers, signal: patience.signal, redirect: "manual" });
  const response = await patience.await(request);
  if (!response.ok) throw await errorOf(response, patience, options);
  if (response.body === null) throw misshapen(doing);
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await response.body.cancel();
    throw tooLarge(maxBytes);
  }
  return {
    bytes: bounded(response.body, maxBytes, patience),
    contentType: response.headers.get("content-type") ?? "application/octet-stream",
  };
}

async function errorOf(
  response: Response,
  patience: Patience,
  options: ClientOptions,
): Promise<HomeserverError> {
  const { status, headers, body } = response;
  const words = body === null ? "" : await wordsOf(bounded(body, longestWords, patience));
  return errorOfAnswer(doing, {
    status,
    headers: Object.fromEntries(headers),
    body: parsed(discreet(words, options)),
  });
}

/** More than any homeserver says about an error, in bytes. */
const longestWords = 64 * 1024;

/** What an error says; nothing where it never ends, as whatever stands in the homeserver's place may do. */
async function wordsOf(bytes: ReadableStream<Uint8Array>): Promise<string> {
  try {
    return Buffer.concat(await Array.fromAsync(bytes)).toString();
  } catch (error) {
    if (error instanceof HomeserverError && error.errcode === "M_TOO_LARGE") return "";
    throw error;
  }
}

/** The same bytes, to `maxBytes` of them and no further, with failures in our words. */
function bounded(
  body: NonNullable<Response["body"]>,
  maxBytes: number,
  patience: Patience,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await patience.await(reader.read());
        if (done) return controller.close();
        size += value.byteLength;
        if (size <= maxBytes) return controller.enqueue(value);
        await reader.cancel();
        throw tooLarge(maxBytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is fetched ahead of the reader, who may be slower than the network.
    { highWaterMark: 0 },
  );
}

function tooLarge(maxBytes: number): HomeserverError {
  const words = `Could not ${doing}: it is larger than the ${maxBytes} bytes that are kept of one.`;
  return new HomeserverError("refused", words, { errcode: "M_TOO_LARGE" });
}

/** A limit on each single wait for the network, where a whole file may take as long as it takes. */
interface Patience {
  /** Aborts the request when a wait was too long. */
  readonly signal: AbortSignal;
  /** The outcome of a wait; rejects with a `HomeserverError`. */
  await<T>(wait: Promise<T>): Promise<T>;
}

function createPatience(timeoutMs: number): Patience {
  const controller = new AbortController();
  const giveUp = () => controller.abort(new DOMException("No bytes came in time.", "TimeoutError"));
  return {
    signal: controller.signal,
    async await(wait) {
      const timer = setTimeout(giveUp, timeoutMs);
      try {
        return await wait;
      } catch (thrown) {
        throw errorOfNetwork(doing, thrown);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
