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
 * What Cordon claims on a homeserver: the bot itself and no other user, since it could act as every user it
 * claims, and the aliases of incident rooms, which keeps events coming after the bot has left a room.
 */
export function namespacesOn(serverName: string): Namespaces {
  const server = serverName.replace(/[.[\]]/g, String.raw`\$&`);
  return {
    users: [{ exclusive: true, regex: `@${botLocalpart}:${server}$` }],
    aliases: [{ exclusive: true, regex: `#inc-[a-z2-7]{20}:${server}$` }],
    rooms: [],
  };
}

/**
 * The namespace that claims the aliases of incident rooms on a homeserver, by its index: the first that keeps
 * everybody else from them, or else the first of any; `undefined` where none does.
 */
export function claimOnIncidentRooms(
  { aliases }: Namespaces,
  serverName: string,
): { readonly index: number; readonly exclusive: boolean } | undefined {
  const someAlias = `#inc-${"a".repeat(20)}:${serverName}`;
  const claiming = aliases.flatMap((namespace, index) =>
    claims(namespace, someAlias) ? [{ index, exclusive: namespace.exclusive }] : [],
  );
  return claiming.find(({ exclusive }) => exclusive) ?? claiming[0];
}

/** The first namespace that claims people, not only the bot: the service could act in their name. */
export function claimsPeople(namespaces: Namespaces, serverName: string): number | undefined {
  const somebody = `@somebody.else:${serverName}`;
  const index = namespaces.users.findIndex((namespace) => claims(namespace, somebody));
  return index < 0 ? undefined : index;
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
