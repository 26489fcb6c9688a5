import { nearest } from "../text/nearest.ts";
import { type Reading, shown } from "./reading.ts";

/** A room or an alias of one, as lobbies and rosters are named. The shapes are those of Matrix identifiers. */
export type RoomName = `!${string}` | `#${string}:${string}`;

/** How a room is named, for messages and for the documentation. */
export const roomForm =
  'write a room id or an alias in quotes, such as "!abc:example.org" or "#war-room:example.org"';

/** How a server is named, for messages and for the documentation. */
export const serverNameForm = "write the part after the colon in your user ids, such as example.org";

/** How a time zone is named, for messages and for the documentation. */
export const timeZoneForm = "write a name from the IANA time zone list, such as UTC or Europe/Zurich";

// A DNS name, an IPv4 address or an IPv6 literal, and a port (Matrix spec, appendices, "Server name").
const server = String.raw`(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,230})(?::[0-9]{1,5})?`;
const serverName = new RegExp(`^${server}$`);
const roomAlias = new RegExp(String.raw`^#[^:\s\0]+:${server}$`);
const roomId = /^![^\s\0]+$/;

/** The name of a homeserver: what stands after the colon of its users' ids, not the address it is reached at. */
export function readServerName(written: unknown): Reading<string> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a server name` };
  if (serverName.test(written)) return { value: written };
  const host = URL.canParse(written) ? new URL(written).host : written.replace(/^.*:/, "");
  const meant = serverName.test(host) ? host : undefined;
  return { wrong: `is ${shown(written)}, which is no server name`, meant };
}

/** A room id or alias. */
export function readRoom(written: unknown): Reading<RoomName> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a room` };
  return isRoomName(written) ? { value: written } : { wrong: `is ${shown(written)}, which names no room` };
}

/** A time zone that this machine's Node knows, as it was written. */
export function readTimeZone(written: unknown): Reading<string> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a time zone` };
  return isTimeZone(written)
    ? { value: written }
    : {
        wrong: `is ${shown(written)}, which is no time zone`,
        meant: nearest(written, Intl.supportedValuesOf("timeZone")),
      };
}

/** Whether a text is a room id or an alias. */
export function isRoomName(text: string): text is RoomName {
  return text.length <= 255 && (roomId.test(text) || roomAlias.test(text));
}

function isTimeZone(name: string): boolean {
  // Intl also takes plain offsets, which know no daylight saving time and no name.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
