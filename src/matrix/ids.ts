/**
 * Matrix identifiers, told apart by their sigil (Matrix spec, appendices, "Common identifier format").
 * They are template-literal types, so that a literal needs no cast and a plain string is not accepted:
 * text from outside becomes one of them only through the guards below.
 */

/** A user, `@localpart:server`. */
export type UserId = `@${string}:${string}`;
/** A room. Opaque: from room version 12 on it has no server part, so it is never split. */
export type RoomId = `!${string}`;
/** An event: from room version 3 on the reference hash of the event itself. */
export type EventId = `$${string}`;
/** A room alias, `#localpart:server`. */
export type RoomAlias = `#${string}:${string}`;
/** A piece of media, `mxc://server/id`. */
export type MediaUri = `mxc://${string}/${string}`;

/** The longest identifier Matrix allows, in bytes. */
const maxBytes = 255;

// The server part: a DNS name, an IPv4 address or an IPv6 literal, and a port (spec, "Server name").
const server = String.raw`(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::[0-9]{1,5})?`;
const userId = new RegExp(String.raw`^@[^:\s\0]*:${server}$`);
const roomAlias = new RegExp(String.raw`^#[^:\s\0]+:${server}$`);
const roomId = /^![^\s\0]+$/;
const eventId = /^\$[^\s\0]+$/;
const mediaUri = new RegExp(`^mxc://${server}/[0-9A-Za-z_-]+$`);

// A UTF-16 unit takes at most three bytes, so most texts need no counting. A lone surrogate is no Unicode
// text: databases would store something else in its place.
const fits = (text: string) =>
  (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) && text.isWellFormed();

export function isUserId(value: unknown): value is UserId {
  return typeof value === "string" && fits(value) && userId.test(value);
}

export function isRoomId(value: unknown): value is RoomId {
  return typeof value === "string" && fits(value) && roomId.test(value);
}

export function isEventId(value: unknown): value is EventId {
  return typeof value === "string" && fits(value) && eventId.test(value);
}

export function isRoomAlias(value: unknown): value is RoomAlias {
  return typeof value === "string" && fits(value) && roomAlias.test(value);
}

export function isMediaUri(value: unknown): value is MediaUri {
  return typeof value === "string" && mediaUri.test(value);
}

/** The server a user belongs to: everything after the first colon. */
export function serverOf(user: UserId): string {
  return user.slice(user.indexOf(":") + 1);
}

/** The part of a user id before the server, without the sigil. */
export function localpartOf(user: UserId): string {
  return user.slice(1, user.indexOf(":"));
}
