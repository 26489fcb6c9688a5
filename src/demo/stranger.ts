import type { IncidentId } from "../incident/ids.ts";
import type { JsonObject } from "../matrix/event.ts";
import { object, text } from "../matrix/event.ts";
import type { RoomAlias, RoomId } from "../matrix/ids.ts";
import { openDirectChat } from "./direct-chat.ts";
import type { Play, Player } from "./play.ts";

/** What a stranger might take for the room's alias. */
const guesses = ["INC-0001", "inc-0001", "incident-0001", "incident-1", "cordon-INC-0001", "payments"];

/**
 * Somebody of the same homeserver who was not invited tries everything, and is even given the room's id and alias:
 * nothing of the incident is to be had.
 */
export async function playStranger(
  play: Play,
  mallory: Player,
  room: RoomId,
  alias: RoomAlias,
  incident: IncidentId,
): Promise<void> {
  play.telling.scene("Mallory, of the same homeserver but not invited, looks for the room");
  await triesTheDoor(play, mallory, room, alias);
  await looksItUp(play, mallory, room);
  await asksTheBot(play, mallory, incident);
}

async function triesTheDoor(play: Play, { person }: Player, room: RoomId, alias: RoomAlias): Promise<void> {
  const at = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
  play.telling.does("Mallory", `was told the room's id and alias: ${room}, ${alias}`);
  await play.impossible(
    "Mallory cannot join, knock, or be let in by an invitation of her own",
    person.join(room),
    person.join(alias),
    person.call("POST", `/_matrix/client/v3/knock/${encodeURIComponent(room)}`, {}),
    person.invite(room, person.userId),
  );
  await play.impossible(
    "Mallory cannot read messages, state, members or a preview",
    person.call("GET", `${at}/messages?dir=b`),
    person.call("GET", `${at}/state`),
    person.call("GET", `${at}/joined_members`),
    person.call("GET", `${at}/aliases`),
    person.state(room, "m.room.name"),
    person.call("GET", `/_matrix/client/v1/room_summary/${encodeURIComponent(room)}`),
    person.call("GET", `/_matrix/client/v1/rooms/${encodeURIComponent(room)}/hierarchy`),
  );
}

async function looksItUp(play: Play, { person }: Player, room: RoomId): Promise<void> {
  const directory = "/_matrix/client/v3/publicRooms";
  const [all, found] = await Promise.all([
    person.call("GET", directory),
    person.call("POST", directory, { filter: { generic_search_term: "Payments" } }),
  ]);
  play.holds("the room directory does not list it", !names(all, room) && !names(found, room));
  const visibility = await person
    .call("GET", `/_matrix/client/v3/directory/list/room/${encodeURIComponent(room)}`)
    .catch(() => ({ visibility: "private" }));
  play.holds("and the homeserver says it is private", text(visibility, "visibility") === "private");
  const serverName = person.userId.slice(person.userId.indexOf(":") + 1);
  await play.impossible(
    "no alias that could be guessed leads to it",
    ...guesses.map((guess) => person.resolveAlias(`#${guess}:${serverName}`)),
  );
}

function names(answer: JsonObject, room: RoomId): boolean {
  return JSON.stringify(answer).includes(room);
}

/** The bot says the same of an incident that is hidden as of one that never was. */
async function asksTheBot(play: Play, mallory: Player, incident: IncidentId): Promise<void> {
  const chat = await openDirectChat(mallory.person, play.bot);
  const never = "INC-0999";
  for (const command of ["status", "roles", "over"]) {
    const rest = command === "over" ? " I say so" : "";
    const real = await play.asks(mallory, chat, `!inc ${command} ${incident}${rest}`);
    const made = await play.asks(mallory, chat, `!inc ${command} ${never}${rest}`);
    play.holds(`${command}: the same words for both`, real.replaceAll(incident, never) === made);
  }
  const list = await play.asks(mallory, chat, "!inc list");
  play.holds("her list is empty", !list.includes(incident));
  const seen = JSON.stringify(
    mallory.person.seen(chat).map(({ content }) => object(content, "m.new_content") ?? content),
  );
  play.holds("the title was nowhere in what she was told", !seen.includes("Payments"));
}
