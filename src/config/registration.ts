import * as v from "valibot";
import { isLocalpart } from "./bot.ts";
import { botProblems, botWarnings } from "./bot-claim.ts";
import type { Config } from "./config.ts";
import { type Document, problemAt, readDocument } from "./document.ts";
import type { Environment } from "./environment.ts";
import {
  claimOnIncidentRooms,
  type Namespaces,
  namespacesOn,
  readRegex,
  regexForm,
  senderLocalpart as usualSender,
} from "./namespace.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { shown } from "./reading.ts";
import { exposedSecret, inShell } from "./secret-file.ts";
import { flag, httpUrl, setting } from "./setting.ts";
import { findToken } from "./token.ts";
import { inFileOrder, validate } from "./validate.ts";

/** How the service and its homeserver know each other (Matrix application-service API, "Registration"). */
export interface Registration {
  /** The name of the service at the homeserver. */
  readonly id: string;
  /** Where the homeserver finds the service, without a slash at its end. */
  readonly url: string;
  /** What the service shows to the homeserver. */
  readonly asToken: string;
  /** What the homeserver shows to the service. */
  readonly hsToken: string;
  /** The user that the service is where it names none. Another than the bot, but in old installations. */
  readonly senderLocalpart: string;
  /** Whether the homeserver slows the service down like a person. */
  readonly rateLimited: boolean;
  readonly namespaces: Namespaces;
}

/** A registration as it was found in its file. */
export interface FoundRegistration extends Registration {
  /** What does not keep the service from starting, but should be seen to. */
  readonly warnings: readonly Problem[];
}

const namespaceForm = "write a list, each item with exclusive and regex";
const namespace = v.looseObject(
  { exclusive: flag(""), regex: setting("", regexForm, readRegex) },
  `is no namespace; ${namespaceForm}`,
);
const namespaces = v.nullish(v.array(namespace, `is not a list; ${namespaceForm}`), []);

const id = setting("", "write a name such as cordon, without blanks and without |", (written) =>
  typeof written === "string" && /^[^\s|]+$/.test(written)
    ? { value: written }
    : { wrong: `is ${shown(written)}, which is no id that a homeserver takes` },
);

const senderLocalpart = setting(
  "",
  `write a localpart for the service itself, such as ${usualSender}`,
  (written) =>
    typeof written === "string" && isLocalpart(written)
      ? { value: written }
      : { wrong: `is ${shown(written)}, which is no localpart of a user id` },
);

/** What is needed here. Registrations may hold more than that, for the homeserver. */
const schema = v.looseObject({
  id,
  url: httpUrl(""),
  sender_localpart: senderLocalpart,
  rate_limited: v.optional(flag(""), true),
  namespaces: v.looseObject({
    users: namespaces,
    aliases: namespaces,
    rooms: namespaces,
  }),
});

/**
 * Reads the registration file at `path`; tokens in variables take the place of those in the file.
 *
 * @throws ConfigError `registration_unreadable` where there is nothing to read, `registration_invalid` with
 *   every problem, among them tokens that are missing, too short, or those of a sample
 */
export function readRegistration(path: string, env: Environment = process.env): FoundRegistration {
  return fromDocument(readDocument(path, "registration"), env, () => []);
}

/**
 * Reads the registration that a configuration names, and sees that the two fit each other.
 *
 * @throws ConfigError as `readRegistration`, also where the aliases of incident rooms are not claimed, or where
 *   it is not clear who the bot is, or the bot is not claimed
 */
export function loadRegistration(config: Config, env: Environment = process.env): FoundRegistration {
  const document = readDocument(config.appservice.registration, "registration");
  const found = fromDocument(document, env, ({ namespaces, sender_localpart: sender }) => [
    ...unclaimedRooms(document, namespaces, config),
    ...botProblems(document, { senderLocalpart: sender, namespaces }, config),
  ]);
  return { ...found, warnings: [...found.warnings, ...misfits(document, found, config)] };
}

function fromDocument(
  document: Document,
  env: Environment,
  check: (settings: v.InferOutput<typeof schema>) => readonly Problem[],
): FoundRegistration {
  const { settings, problems } = validate(document, schema);
  const asToken = findToken(document, "as_token", env);
  const hsToken = findToken(document, "hs_token", env);
  const tokens = [asToken, hsToken].flatMap((token) => ("problem" in token ? [token.problem] : []));
  const all = inFileOrder([...problems, ...tokens, ...(settings === undefined ? [] : check(settings))]);
  if (settings === undefined || "problem" in asToken || "problem" in hsToken || all.length > 0) {
    throw new ConfigError("registration_invalid", all);
  }
  if (asToken.token === hsToken.token) {
    const message = "is the same as as_token; run cordon init for a registration with fresh tokens";
    throw new ConfigError("registration_invalid", [problemAt(document, ["hs_token"], "value", message)]);
  }
  return {
    id: settings.id,
    url: settings.url,
    asToken: asToken.token,
    hsToken: hsToken.token,
    senderLocalpart: settings.sender_localpart,
    rateLimited: settings.rate_limited,
    namespaces: settings.namespaces,
    warnings: exposedSecret(document.file, shared(document.file)),
  };
}

/** How the homeserver reads it too, which seldom runs as the same user. */
function shared(file: string): string {
  return `chgrp GROUP ${inShell(file)} && chmod 640 ${inShell(file)}, where GROUP is that of the homeserver`;
}

/** Without a claim on their aliases, events stop coming as soon as the bot is not in a room. */
function unclaimedRooms(
  document: Document,
  namespaces: Namespaces,
  { homeserver }: Config,
): readonly Problem[] {
  if (claimOnIncidentRooms(namespaces, homeserver.serverName)) return [];
  const [wanted] = namespacesOn(homeserver.serverName).aliases;
  const message = `does not claim the aliases of incident rooms on ${homeserver.serverName}; write - exclusive: true and regex: '${wanted?.regex}'`;
  return [problemAt(document, ["namespaces", "aliases"], "value", message)];
}

function misfits(document: Document, registration: Registration, config: Config): readonly Problem[] {
  const { url, rateLimited, namespaces } = registration;
  const warnings: Problem[] = [];
  const { listen } = config.appservice;
  if (portOf(url) !== listen.port) {
    const message = `names port ${portOf(url)}, but appservice.listen is port ${listen.port}; that is right only where a proxy stands between the two`;
    warnings.push(problemAt(document, ["url"], "value", message));
  } else if (url.startsWith("https:")) {
    const message = `is https, but Cordon itself speaks plain HTTP at port ${listen.port}; that is right only where something that speaks TLS stands between the two: write http and restart the homeserver`;
    warnings.push(problemAt(document, ["url"], "value", message));
  }
  if (rateLimited) {
    const message =
      "is not false: the homeserver will hold back invitations; write rate_limited: false and restart the homeserver";
    warnings.push(problemAt(document, ["rate_limited"], "value", message));
  }
  const rooms = claimOnIncidentRooms(namespaces, config.homeserver.serverName);
  if (rooms?.exclusive === false) {
    const message =
      "is not true: others can take the aliases of incident rooms, which then cannot be made; write exclusive: true and restart the homeserver";
    warnings.push(problemAt(document, ["namespaces", "aliases", rooms.index, "exclusive"], "value", message));
  }
  return [...warnings, ...botWarnings(document, registration, config)];
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
