import type { FactOf } from "../incident/fact.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { type Announcement, notice, toAdministrators } from "./announcement.ts";
import { code, line, type Rich } from "./rich.ts";
import { listed, type View } from "./view.ts";

/** An older journal was put in place, and the room was read again: what came of it. */
export function roomFound(
  { differs, roles, closed }: FactOf<"room-found">["data"],
  incident: Incident,
  view: View,
): readonly Announcement[] {
  const said: Rich = [
    ["My records of this incident were put back to an older state. I have read this room again since."],
    differs.length === 0
      ? ["Everything is as this room shows it."]
      : line`Not as this room shows it: ${listed(differs)}.`,
    ...(roles === undefined
      ? []
      : [
          line`Roles are as the room shows them: ${listed(Object.keys(roles))}. Check them with ${code(`${view.prefix} roles`)}.`,
        ]),
    ...(closed
      ? [
          line`The room is closed, and I do not know why: I leave it so. Type ${code(`${view.prefix} over <summary>`)} if the incident is over; after that it can be opened again.`,
        ]
      : []),
  ];
  return [
    ...(incident.state === "archived" ? [] : [notice(said)]),
    toAdministrators([[`${incident.id}:`], ...said]),
  ];
}

/** A room was made for an incident that no record is left of. */
export function strangeRoomWords(id: IncidentId, room: RoomId): Rich {
  return [
    line`A room was made for ${id}, and my records, which were put back to an older state, do not have it.`,
    line`I leave the room as it is: ${code(room)}. Its number is not used again.`,
    ["If a newer backup exists, stop me and restore that. Otherwise declare the incident anew."],
  ];
}
