import type { Where } from "../chat/command.ts";
import type { IncidentId } from "../incident/ids.ts";
import { code, line, type Rich } from "./rich.ts";
import { listed, type View } from "./view.ts";

/** With what reason the bot leaves a room that is no incident's. It stands there for all to see. */
export const leaving = {
  noPlace: "I join direct chats, and rooms that my configuration names. Write to me in a direct chat.",
  noMember:
    "I talk with people who may be in incidents here. Ask whoever runs me to add you to access.members.",
  notForTwo: "A direct chat with me is for two. Start a new one with me alone.",
  youLeft: "You left this chat.",
} as const;

/** With what reason it leaves the oldest of too many direct chats with one person. */
export function leavingOldest(mostKept: number): string {
  return `I keep ${mostKept} direct chats with one person. You have newer ones with me: go on there.`;
}

/** With what reason somebody is taken out whom nobody entitled invited. */
export const notInvited = "Not invited to this incident by its commander or deputy.";

/** With what reason state is blanked that has no place in an incident's room. */
export const notKept = "Not set by Cordon, which keeps this room.";

/** Where something is typed: `in the incident's room`. */
export function placeWords(where: Where, bot: "me" | "the bot"): string {
  switch (where) {
    case "room":
      return "in the incident's room";
    case "direct":
      return `in a direct chat with ${bot}`;
    case "lobby":
      return "in a lobby";
  }
}

/** A command was typed where it is none. */
export function elsewhere(where: readonly Where[], view: View): Rich {
  const places = where.map((each) => placeWords(each, "me"));
  return [
    [`That is not typed here, but ${listed(places, "or")}.`],
    line`What you can type here: ${code(`${view.prefix} help`)}`,
  ];
}

/** In one incident's room another was named. */
export const notSpokenOfHere: Rich = [
  ["Another incident is not spoken of here. Ask in a direct chat with me."],
];

/** Named at most: whoever is in more knows which one they mean. */
const mostNamed = 10;

/** A command was typed in a direct chat, and could mean several incidents, or none. */
export function whichOne(command: string, ids: readonly IncidentId[], view: View): Rich {
  const [first] = ids;
  if (first === undefined) return inNone(view);
  return [
    [`Which incident? You are in ${listed(ids.slice(0, mostNamed))}.`],
    line`Such as: ${code(`${view.prefix} ${command} ${first}`)}`,
  ];
}

/** There is nothing to list, and nothing that could be meant. */
export function inNone(view: View): Rich {
  return [["You are in no open incident."], line`To open one: ${code(`${view.prefix} new <title>`)}`];
}

/** The homeserver encrypted a room: how that is undone. */
export const howToUnencrypt = line`The administrators turn off ${code("encryption_enabled_by_default_for_room_type")} in homeserver.yaml; then open a new one.`;
