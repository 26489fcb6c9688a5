import { botOf } from "./bot.ts";
import type { Config } from "./config.ts";
import { type Document, problemAt } from "./document.ts";
import {
  claimOnUser,
  claimsPeople,
  userNamespace,
  usersByName,
  senderLocalpart as usualSender,
} from "./namespace.ts";
import type { Problem } from "./problem.ts";
import type { Registration } from "./registration.ts";

const users = ["namespaces", "users"];

/** Why registration and configuration together give the service no bot that it could be. */
export function botProblems(
  document: Document,
  registration: Pick<Registration, "senderLocalpart" | "namespaces">,
  config: Config,
): readonly Problem[] {
  return config.appservice.bot === undefined
    ? unnamedBot(document, registration, config)
    : unclaimedBot(document, registration, config, config.appservice.bot);
}

/**
 * Without a name in the configuration the sender is the bot, as in old installations. A registration that claims
 * another user by its name is of the new kind: taken for an old one, the service would begin anew as its sender.
 */
function unnamedBot(
  document: Document,
  { senderLocalpart, namespaces }: Pick<Registration, "senderLocalpart" | "namespaces">,
  { file, homeserver }: Config,
): readonly Problem[] {
  const others = usersByName(namespaces, homeserver.serverName).filter((name) => name !== senderLocalpart);
  if (others.length === 0) return [];
  const likely = [...others, senderLocalpart].find((name) => name !== usualSender);
  const message = `is ${senderLocalpart}, namespaces.users claims ${others.join(" and ")} too, and ${file} does not say who of them is the bot; write bot: ${likely} there, under appservice`;
  return [problemAt(document, ["sender_localpart"], "value", message)];
}

/** The homeserver lets the service act as its sender, and as users that it claims. */
function unclaimedBot(
  document: Document,
  { senderLocalpart, namespaces }: Pick<Registration, "senderLocalpart" | "namespaces">,
  { file, homeserver }: Config,
  bot: string,
): readonly Problem[] {
  const { serverName } = homeserver;
  if (bot === senderLocalpart || claimOnUser(namespaces, bot, serverName) !== undefined) return [];
  const claimed = usersByName(namespaces, serverName).filter((name) => name !== senderLocalpart);
  const instead = claimed.length === 0 ? "" : `, or bot: ${claimed[0]} in that file`;
  const message = `does not claim @${bot}:${serverName}, the bot that ${file} names in appservice.bot; write - exclusive: true and regex: '${userNamespace(bot, serverName).regex}'${instead}`;
  return [problemAt(document, users, "value", message)];
}

/** What about the users that a registration claims does not keep the service from working, but should be seen to. */
export function botWarnings(
  document: Document,
  registration: Pick<Registration, "senderLocalpart" | "namespaces">,
  config: Config,
): readonly Problem[] {
  const { senderLocalpart, namespaces } = registration;
  const { serverName } = config.homeserver;
  const bot = botOf(config, registration).slice(1, -serverName.length - 1);
  const own = [...new Set([bot, senderLocalpart])];
  const warnings: Problem[] = [];
  const people = claimsPeople(namespaces, own, serverName);
  if (people !== undefined) {
    const wanted = own.map((name) => `'${userNamespace(name, serverName).regex}'`).join(" and another with ");
    const message = `claims people, in whose name the service could then act; write regex: ${wanted}`;
    warnings.push(problemAt(document, [...users, people], "value", message));
  }
  // Of a sender that is the bot, as in old installations, the homeserver lets nobody else have the name.
  if (bot === senderLocalpart) return warnings;
  for (const name of own) {
    const claim = claimOnUser(namespaces, name, serverName);
    if (claim === undefined) {
      const message = `does not claim @${name}:${serverName}, the sender, whose name others could take; write - exclusive: true and regex: '${userNamespace(name, serverName).regex}', and restart the homeserver`;
      warnings.push(problemAt(document, users, "value", message));
    } else if (!claim.exclusive) {
      const message = `is not true: others can take the name @${name}:${serverName}; write exclusive: true and restart the homeserver`;
      warnings.push(problemAt(document, [...users, claim.index, "exclusive"], "value", message));
    }
  }
  return warnings;
}
