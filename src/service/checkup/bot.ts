import { userNamespace, senderLocalpart as usualSender } from "../../config/namespace.ts";
import type { Registration } from "../../config/registration.ts";
import { HomeserverError } from "../../matrix/errors.ts";
import { localpartOf, serverOf, type UserId } from "../../matrix/ids.ts";
import type { InvitationLister } from "../../matrix/ports.ts";
import type { Queries } from "../../store/store.ts";
import { makerOfRooms, nameBot } from "../own-bot.ts";
import { counted, doubtful, type Finding, ill, well } from "./finding.ts";

const check = "invitations";

/** Whether the bot is the one that made the rooms. */
export async function checkBot(db: Queries, bot: UserId): Promise<Finding> {
  const maker = await makerOfRooms(db);
  if (maker === undefined || maker === bot) return well("bot", bot);
  const cure = nameBot(maker);
  return ill(
    "bot",
    `${bot}, but ${maker} made the rooms of this database: the service will not start`,
    `${cure.charAt(0).toUpperCase()}${cure.slice(1)}.`,
  );
}

/** What is to be known of an installation to judge whether it can ask for invitations. */
export interface Inviting {
  readonly bot: UserId;
  readonly registration: Pick<Registration, "senderLocalpart" | "namespaces">;
  /** The paths of the two files that say who the bot is. */
  readonly files: { readonly config: string; readonly registration: string };
  /** Whether the service has been at work, so that the bot has an account. */
  readonly hasWorked: boolean;
}

/**
 * Whether the homeserver can be asked which invitations wait. It brings each of them once, and one that gets lost on the
 * way is found by nothing else.
 */
export async function checkInvitations(homeserver: InvitationLister, inviting: Inviting): Promise<Finding> {
  const { bot, registration, hasWorked } = inviting;
  if (localpartOf(bot) === registration.senderLocalpart) return ofOldKind(inviting);
  try {
    const waiting = await homeserver.pendingInvitations();
    const count = waiting.length === 0 ? "none waits" : `${counted(waiting.length, "invitation")} to answer`;
    return well(check, `the homeserver can be asked for them; ${count}`);
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    if (error.kind === "refused" && !hasWorked)
      return doubtful(check, "not known before the first start: it makes the bot's account");
    return notAnswered(error, inviting);
  }
}

function notAnswered(error: HomeserverError, { bot, files }: Inviting): Finding {
  const restart = `Restart the homeserver: it reads ${files.registration} at its start only.`;
  const sameFile =
    "See that app_service_config_files in homeserver.yaml names that file, or a copy that is the same.";
  if (error.kind === "server" && error.status === 500) {
    const says = `the homeserver has a fault where it is asked for them, as where ${bot} is the sender of the registration: it seems not to have been restarted since the registration was changed`;
    return doubtful(check, says, restart, sameFile);
  }
  if (error.kind === "refused") {
    const says = `the homeserver does not let the service ask as ${bot}: it seems not to have been restarted since the registration was changed`;
    return ill(check, says, restart, sameFile);
  }
  // Whether the homeserver answers at all is another finding's.
  return doubtful(check, error.message.replace(/\.$/, ""), "Look again when the homeserver has less to do.");
}

/** What an installation lacks whose bot is the sender, and the way to the other kind. */
function ofOldKind({ bot, registration, files }: Inviting): Finding {
  const [name, server] = [localpartOf(bot), serverOf(bot)];
  const claimed = new Set(registration.namespaces.users.map(({ regex }) => regex));
  const sender = name === usualSender ? `${usualSender}_2` : usualSender;
  const wanted = [name, sender]
    .map((localpart) => userNamespace(localpart, server))
    .filter(({ regex }) => !claimed.has(regex));
  return doubtful(
    check,
    `not asked for: the homeserver answers no /sync for ${bot}, the sender of the registration, so an invitation that gets lost is not found. All else works`,
    `In ${files.registration}, write sender_localpart: ${JSON.stringify(sender)}`,
    ...wanted.map(({ regex }) => `and under namespaces.users: - {exclusive: true, regex: '${regex}'}`),
    `In ${files.config}, under appservice, write bot: ${name}`,
    "Stop Cordon, restart the homeserver with that registration, and start Cordon: open incidents go on.",
  );
}
