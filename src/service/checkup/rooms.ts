import type { UserId } from "../../incident/ids.ts";
import { HomeserverError } from "../../matrix/errors.ts";
import { text } from "../../matrix/event.ts";
import { isRoomAlias } from "../../matrix/ids.ts";
import type { AliasResolver, StateReader } from "../../matrix/ports.ts";
import type { RoomName, Rules } from "../service.ts";
import { doubtful, type Finding, ill, well } from "./finding.ts";

const check = "rooms";

/** Whether the bot is in the rooms that the configuration names. What needs one does not work without. */
export async function checkConfiguredRooms(
  homeserver: AliasResolver & StateReader,
  bot: UserId,
  { lobbies, rosters, administratorsRoom }: Pick<Rules, "lobbies" | "rosters" | "administratorsRoom">,
): Promise<Finding> {
  const wanted = [...new Set([...lobbies, ...rosters, ...(administratorsRoom ? [administratorsRoom] : [])])];
  if (wanted.length === 0) return well(check, "the configuration names none");
  const missing: RoomName[] = [];
  for (const name of wanted) if (!(await isIn(homeserver, bot, name))) missing.push(name);
  if (missing.length === 0) return well(check, `in ${wanted.join(", ")}`);
  const cure = `Invite ${bot} there; it joins by itself.`;
  const eligible = rosters.filter((name) => missing.includes(name));
  return eligible.length === 0
    ? doubtful(check, `not in ${missing.join(", ")}`, cure)
    : ill(check, `not in ${missing.join(", ")}: nobody is eligible through ${eligible.join(", ")}`, cure);
}

async function isIn(homeserver: AliasResolver & StateReader, bot: UserId, name: RoomName): Promise<boolean> {
  try {
    const room = isRoomAlias(name) ? await homeserver.resolveAlias(name) : name;
    if (room === undefined) return false;
    const member = await homeserver.readStateEvent(room, "m.room.member", bot);
    return text(member, "membership") === "join";
  } catch (error) {
    // Who is not in a room may not look into it.
    if (error instanceof HomeserverError && error.kind === "refused") return false;
    throw error;
  }
}
