import type { FactOf } from "../incident/fact.ts";
import type { Incident } from "../incident/incident.ts";
import { contestedMs } from "../incident/policy.ts";
import { type Announcement, leadOf, notice, page, toAdministrators } from "./announcement.ts";
import { line } from "./rich.ts";
import { duration } from "./time.ts";
import { capitalised, culprit, people, type View } from "./view.ts";

/** Somebody changed the room past its roles, and it was put back, as far as anybody can. */
export function drifted(
  { what, by, beyond }: FactOf<"drift">["data"],
  incident: Incident,
  view: View,
): Announcement | readonly Announcement[] {
  const changed = line`${capitalised(culprit(by, view))} changed the ${what} of this room;`;
  if (beyond === undefined) return notice([line`${changed} it was put back.`]);
  const have = beyond.length === 1 ? "has" : "have";
  const kept = line`${people(beyond, view)} now ${have} my own power, which in a room of version ${incident.room?.version ?? "11"} nobody can take back.`;
  return [
    page([line`${changed} all was put back but this: ${kept}`], leadOf(incident)),
    toAdministrators([[`${incident.id}: `, ...kept], ["Whoever runs the homeserver gave it to them."]]),
  ];
}

/** It was put back too often. */
export function contested(
  { what, by }: FactOf<"drift-left">["data"],
  incident: Incident,
  view: View,
): readonly Announcement[] {
  const said = line`${capitalised(culprit(by, view))} keeps changing the ${what} back; it is left alone for ${duration(contestedMs(what))}.`;
  return [
    notice([
      said,
      [
        `If it is another bot: have it taken out of this room. ${view.administratorsHear ? "The administrators know." : "Tell the administrators."}`,
      ],
    ]),
    toAdministrators([[`${incident.id}: `, ...said]]),
  ];
}
