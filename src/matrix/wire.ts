import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

/** How long something may take to say a first word, in milliseconds. */
const patienceMs = 3_000;
/** How much longer than plain HTTP an answer in TLS may take where both are spoken at a port, in milliseconds. */
const graceMs = 1_000;

/** Errors of OpenSSL for what is no TLS at all; others, such as alerts, are said in TLS. */
const noTls =
  /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST))$/;

interface Place {
  readonly host: string;
  readonly port: number;
  /** Ends what is still looked at there once the rest is known. */
  readonly enough: AbortSignal;
}

/**
 * Whether at an address something else is spoken than it says, in words that name the cure: plain HTTP where it says
 * `https`, TLS where it says `http`, or neither. A client that waits for TLS and a server that waits for HTTP say
 * nothing to each other until one has had enough.
 *
 * @returns `undefined` where nothing else is spoken there, or nobody says anything
 */
export async function misspoken(url: string): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const looking = new AbortController();
  const place = {
    host,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    enough: looking.signal,
  };
  try {
    return await (isSecure ? whereTlsIsMeant(url, place) : whereHttpIsMeant(url, place));
  } finally {
    looking.abort();
  }
}

async function whereTlsIsMeant(url: string, place: Place): Promise<string | undefined> {
  const tls = speaksTls(place);
  const isPlain = firstWords(place).then(async (words) => {
    if (!words.startsWith("HTTP/")) return false;
    // Some servers say in plain HTTP that they want TLS.
    return !(await Promise.race([tls, delay(graceMs, false, { ref: false })]));
  });
  if (!(await Promise.race([tls.then((isSpoken) => !isSpoken && isPlain), isPlain]))) return undefined;
  return `plain HTTP is spoken there, and not TLS; write ${url.replace(/^https:/i, "http:")} in homeserver.url`;
}

async function whereHttpIsMeant(url: string, place: Place): Promise<string | undefined> {
  const words = await firstWords(place);
  if (words.startsWith("HTTP/") && !/^HTTP\/\S+ 400 /.test(words)) return undefined;
  if (await speaksTls(place))
    return `TLS is spoken there, and not plain HTTP; write ${url.replace(/^http:/i, "https:")} in homeserver.url`;
  if (words === "" || words.startsWith("HTTP/")) return undefined;
  return "what answers there does not speak HTTP; correct homeserver.url";
}

/** What is answered to a plain request, as far as it comes at once; nothing where nothing does. */
function firstWords(place: Place): Promise<string> {
  const { host, port, enough } = place;
  const socket = connectPlain({ host, port }, () =>
    socket.write(`GET /_matrix/client/versions HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  return within({ socket, enough }, "", (resolve) => {
    socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1")));
    socket.once("error", () => resolve(""));
  });
}

/** Whether TLS is spoken, whatever certificate is shown. */
function speaksTls({ host, port, enough }: Place): Promise<boolean> {
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
  return within({ socket, enough }, false, (resolve) => {
    socket.once("secureConnect", () => resolve(true));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code ?? "";
      resolve(code.startsWith("ERR_SSL_") && !noTls.test(code));
    });
  });
}

/** What is learned from a connection in time; it is closed in any case. */
async function within<T>(
  { socket, enough }: { readonly socket: Socket; readonly enough: AbortSignal },
  otherwise: T,
  look: (resolve: (found: T) => void) => void,
): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  socket.setTimeout(patienceMs, () => resolve(otherwise));
  socket.once("close", () => resolve(otherwise));
  enough.addEventListener("abort", () => resolve(otherwise), { once: true });
  look(resolve);
  const found = await promise;
  // What still goes wrong with it concerns nobody.
  socket.on("error", () => {});
  socket.destroy();
  return found;
}
