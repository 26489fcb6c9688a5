import { isIP } from "node:net";
import { type Reading, shown } from "./reading.ts";

/** Where the service waits for the homeserver. An IPv6 host has no brackets here. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** How an address to listen on is written, for messages and for the documentation. */
export const listenForm =
  'write "host:port" or a port from 1 to 65535, such as 127.0.0.1:9993, "[::1]:9993" or 9993';

/** How the address of an HTTP service is written, for messages and for the documentation. */
export const httpUrlForm = "write an address with http:// or https://, such as http://127.0.0.1:8008";

/** An address to listen on. A port alone means the loopback address: nothing is opened to a network unasked. */
export function readListen(written: unknown): Reading<ListenAddress> {
  if (typeof written !== "string" && typeof written !== "number")
    return { wrong: `is ${shown(written)}, not an address` };
  const text = String(written);
  const [, host = "127.0.0.1", digits] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(text) ?? [];
  if (digits === undefined)
    return { wrong: `is ${shown(written)}, which is no address to listen on`, meant: withPort(text) };

  const port = Number(digits);
  if (port < 1 || port > 65_535) return { wrong: `is ${shown(written)}, and there is no port ${digits}` };
  const bare = host.replace(/^\[|\]$/g, "");
  const known = host.startsWith("[") ? isIP(bare) === 6 : isHost(host);
  return known
    ? { value: { host: bare, port } }
    : { wrong: `is ${shown(written)}, whose host cannot be listened on` };
}

/** An address as it is written in a URL: an IPv6 host in brackets. */
export function writeListen({ host, port }: ListenAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The base address of an HTTP service, without a slash at its end. */
export function readHttpUrl(written: unknown): Reading<string> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not an address` };
  if (written.includes("@")) return { wrong: "has a name or password in it" };
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(written)) {
    const meant = `http://${written.replace(/^[a-z]*:?\/*/i, (start) => (start.endsWith("/") ? "" : start))}`;
    return {
      wrong: `is ${shown(written)}, which is no address of an HTTP service`,
      meant: URL.canParse(meant) ? meant : undefined,
    };
  }
  if (/[?#]/.test(written)) return { wrong: `is ${shown(written)}, which has a ? or # part` };
  return { value: url.href.replace(/\/+$/, "") };
}

/** An IPv4 address or a host name. What looks like an IPv4 address must be one. */
function isHost(host: string): boolean {
  return (
    isIP(host) === 4 || (/^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$/.test(host) && !/^[0-9.]+$/.test(host))
  );
}

function withPort(host: string): string | undefined {
  if (isIP(host) === 6) return `"[${host}]:9993"`;
  return isHost(host) ? `${host}:9993` : undefined;
}
