import { type Reading, shown } from "./reading.ts";

/** A bot as a configuration names it: by its localpart, or by its whole user id. */
export interface BotName {
  readonly localpart: string;
  /** The homeserver in the user id; absent where a localpart alone was written. */
  readonly server?: string;
}

/** How the bot is named, for messages and for the documentation. */
export const botForm =
  "write the part before the colon in the user id of the bot, such as cordon: small letters, digits and . _ = / + -";

/** What a homeserver takes as the first part of a new user id (Matrix specification, appendices, "User identifiers"). */
export function isLocalpart(text: string): boolean {
  return /^[a-z0-9._=/+-]+$/.test(text);
}

/** The longest user id that Matrix allows, in bytes. */
export const longestUserId = 255;

/** A localpart such as `cordon`, or a user id such as `@cordon:example.org`. */
export function readBot(written: unknown): Reading<BotName> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not the name of a bot` };
  const { localpart = written, server } = /^@(?<localpart>[^:]*):(?<server>.+)$/s.exec(written)?.groups ?? {};
  if (!isLocalpart(localpart)) {
    const meant = localpart.replace(/^@/, "").toLowerCase();
    const wrong = `is ${shown(written)}, which is no localpart of a user id`;
    return isLocalpart(meant) ? { wrong, meant } : { wrong };
  }
  return { value: server === undefined ? { localpart } : { localpart, server } };
}

/**
 * The user id of the bot. An installation whose configuration does not name it has the bot that older versions of
 * Cordon had: the sender of the registration.
 */
export function botOf(
  config: {
    readonly homeserver: { readonly serverName: string };
    readonly appservice: { readonly bot: string | undefined };
  },
  registration: { readonly senderLocalpart: string },
): `@${string}:${string}` {
  return `@${config.appservice.bot ?? registration.senderLocalpart}:${config.homeserver.serverName}`;
}
