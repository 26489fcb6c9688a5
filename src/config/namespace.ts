import { type Reading, shown } from "./reading.ts";

/** Identifiers that an application service claims: those that `regex` matches from their first character on. */
export interface Namespace {
  /** Whether nobody else may have them. */
  readonly exclusive: boolean;
  /** A regular expression of Python, which the homeserver anchors at the start only: it ends with `$`. */
  readonly regex: string;
}

/** What an application service claims of each kind. */
export interface Namespaces {
  readonly users: readonly Namespace[];
  readonly aliases: readonly Namespace[];
  readonly rooms: readonly Namespace[];
}

/** The localpart of the bot, and the id of the service at the homeserver. */
export const botLocalpart = "cordon";

/**
 * The sender of the registration: a name for the service itself, in which it does nothing but ping and ask what
 * the homeserver is. The bot is another user, since a homeserver answers no `/sync` for a sender. There is no
 * account of this name. Application services alone may have names that begin with an underscore.
 */
export const senderLocalpart = "_cordon_sender";

/**
 * What Cordon claims on a homeserver: the bot, the sender and no other user, since it could act as every user
 * it claims, and the aliases of incident rooms, which keeps events coming after the bot has left a room.
 */
export function namespacesOn(
  serverName: string,
  localparts: readonly string[] = [botLocalpart, senderLocalpart],
): Namespaces {
  return {
    users: localparts.map((localpart) => userNamespace(localpart, serverName)),
    aliases: [{ exclusive: true, regex: `#inc-[a-z2-7]{20}:${escaped(serverName)}$` }],
    rooms: [],
  };
}

/** The namespace that claims one user for this service alone. */
export function userNamespace(localpart: string, serverName: string): Namespace {
  return { exclusive: true, regex: `@${escaped(localpart)}:${escaped(serverName)}$` };
}

/** A namespace that claims an identifier. */
export interface Claim {
  /** Its place in the list. */
  readonly index: number;
  readonly exclusive: boolean;
}

/** The claim on the aliases of incident rooms on a homeserver; `undefined` where there is none. */
export function claimOnIncidentRooms({ aliases }: Namespaces, serverName: string): Claim | undefined {
  return claimOn(aliases, `#inc-${"a".repeat(20)}:${serverName}`);
}

/** The claim on one user of a homeserver; `undefined` where there is none. */
export function claimOnUser({ users }: Namespaces, localpart: string, serverName: string): Claim | undefined {
  return claimOn(users, `@${localpart}:${serverName}`);
}

/** The first namespace that keeps everybody else from an identifier, or else the first of any that claims it. */
function claimOn(namespaces: readonly Namespace[], identifier: string): Claim | undefined {
  const claiming = namespaces.flatMap((namespace, index) =>
    claims(namespace, identifier) ? [{ index, exclusive: namespace.exclusive }] : [],
  );
  return claiming.find(({ exclusive }) => exclusive) ?? claiming[0];
}

/**
 * The first namespace that claims people, not only these users of the service's own: the service could act in
 * the name of those people. Somebody else stands for all of them, and so do names that only begin like an own one.
 */
export function claimsPeople(
  { users }: Namespaces,
  own: readonly string[],
  serverName: string,
): number | undefined {
  const alike = own.flatMap((localpart) =>
    ["x", "1", "-x", "-2", ".x", "_x"].map((end) => `${localpart}${end}`),
  );
  const people = ["somebody.else", "somebody-else", "somebody_else", "somebody", "s", "1", ...alike];
  const others = people.filter((localpart) => !own.includes(localpart));
  const index = users.findIndex((namespace) =>
    others.some((localpart) => claims(namespace, `@${localpart}:${serverName}`)),
  );
  return index < 0 ? undefined : index;
}

/** The localparts of users that are claimed one by one, as `@cordon:example\.org$` claims the user `cordon`. */
export function usersByName({ users }: Namespaces, serverName: string): readonly string[] {
  const names = users.flatMap(({ regex }) => {
    const [, localpart = "", server] = /^\^?@((?:[a-z0-9._=/-]|\\[.+_=/-])+):(.+)\$$/.exec(regex) ?? [];
    return server !== undefined && unescaped(server) === serverName ? [unescaped(localpart)] : [];
  });
  return [...new Set(names)];
}

/** How the expression of a namespace is written, for messages. */
export const regexForm = String.raw`write a regular expression in single quotes, such as '@cordon:example\.org$'`;

/** The expression of a namespace. */
export function readRegex(written: unknown): Reading<string> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a regular expression` };
  try {
    anchored(written);
    return { value: written };
  } catch {
    return { wrong: `is ${shown(written)}, which is no regular expression` };
  }
}

function claims({ regex }: Namespace, identifier: string): boolean {
  return anchored(regex).test(identifier);
}

/** As `re.match` of Python reads it. */
function anchored(regex: string): RegExp {
  return new RegExp(`^(?:${regex})`);
}

/** A text as an expression that matches nothing else. */
function escaped(text: string): string {
  return text.replace(/[.+[\]]/g, String.raw`\$&`);
}

/** What an expression that matches one text alone matches. */
function unescaped(regex: string): string {
  return regex.replaceAll(/\\(.)/g, "$1");
}
