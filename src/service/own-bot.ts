import { ConfigError } from "../config/problem.ts";
import { firstTexts } from "../journal/inbox.ts";
import { newestRoom } from "../journal/incidents.ts";
import { text } from "../matrix/event.ts";
import { isUserId, localpartOf, type UserId } from "../matrix/ids.ts";
import type { Queries } from "../store/store.ts";

/** Among so many events that came first from a room is the one that made it. */
const beginning = 50;

/**
 * The bot that made the rooms of this database, as the newest of them tells; `undefined` where there is none yet, or
 * its first event has not come yet.
 */
export async function makerOfRooms(db: Queries): Promise<UserId | undefined> {
  const room = await newestRoom(db);
  if (room === undefined) return undefined;
  for (const json of await firstTexts(db, room, beginning)) {
    const event = parsed(json);
    const sender = text(event, "sender");
    if (text(event, "type") === "m.room.create" && isUserId(sender)) return sender;
  }
  return undefined;
}

/** The cure where the configuration makes another bot of the service than the one that made its rooms. */
export function nameBot(maker: UserId): string {
  return `write bot: ${localpartOf(maker)} under appservice, and let the registration claim that user in namespaces.users`;
}

/**
 * Keeps the service from beginning anew as somebody else, who is in none of its rooms: the files may have been
 * changed so that they mean another user.
 *
 * @throws ConfigError where another bot made the rooms of this database
 */
export async function refuseOtherBot(db: Queries, bot: UserId, configFile: string): Promise<void> {
  const maker = await makerOfRooms(db);
  if (maker === undefined || maker === bot) return;
  const message = `the bot is ${bot} by this file and the registration, but ${maker} made the rooms of this database; ${nameBot(maker)}`;
  throw new ConfigError("config_invalid", [{ source: configFile, key: "appservice.bot", message }]);
}

/** An event's text that was read when it came; it is empty where it was forgotten. */
function parsed(json: string): unknown {
  return json === "" ? undefined : JSON.parse(json);
}
