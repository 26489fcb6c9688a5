import type { UserId } from "../incident/ids.ts";
import { code, line, type Rich } from "./rich.ts";
import { person, type View } from "./view.ts";

/** What somebody is told who writes faster than anybody can read. */
export function floodWords(user: UserId, view: View): Rich {
  return [
    line`${person(user, view)}: you write more than anybody here can read. All of it is kept for the record; nothing is lost by stopping.`,
    ["If a program writes in your name, stop it, and post what matters as one message or a file."],
    line`Commander or deputy can take somebody out: ${code(`${view.prefix} remove @name <reason>`)}`,
  ];
}
