import { usageOf } from "../chat/command.ts";
import type { Misread } from "../chat/parameter.ts";
import type { Mistake } from "../chat/parse.ts";
import { nearest } from "../text/nearest.ts";
import { code, line, type Rich } from "./rich.ts";
import { listed, people, type View } from "./view.ts";

/** What was typed and not understood, and what to type instead. */
export function mistakeWords(mistake: Mistake, view: View): Rich {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  switch (mistake.mistake) {
    case "unknown-command":
      return mistake.meant === undefined
        ? [line`No command "${short(mistake.typed)}". What there is: ${type("help")}`]
        : [
            [`No command "${short(mistake.typed)}". Did you mean ${mistake.meant}?`],
            line`Type ${type(mistake.meant)}`,
          ];
    case "too-much":
      return [
        // What follows may be a title, which is not repeated outside its room.
        [`More follows than ${mistake.command.name} takes, so nothing was done.`],
        line`Type ${type(usageOf(mistake.command))}`,
      ];
    case "misread":
      return [
        misreadWords(mistake.misread, view),
        line`Type ${type(usageOf(mistake.command))}`,
        line`Such as: ${type(mistake.command.example)}`,
      ];
  }
}

function misreadWords(misread: Misread, view: View): Rich[number] {
  switch (misread.misread) {
    case "missing":
      return [`The ${misread.label} is missing.`];
    case "no-person":
      return line`Nobody here is called "${short(misread.typed)}". With the sign it is somebody of this homeserver: ${code(`@${short(misread.typed)}`)}`;
    case "several-people":
      return line`Several people are called "${short(misread.typed)}": ${people(misread.people, view)}. Which one? ${code(misread.people[0] ?? "")}`;
    case "no-role": {
      const meant = nearest(misread.typed, misread.roles);
      const hint = meant === undefined ? `The roles are ${listed(misread.roles)}.` : `Did you mean ${meant}?`;
      return [`No role "${short(misread.typed)}". ${hint}`];
    }
    case "no-severity":
      return [`No severity "${short(misread.typed)}". There are sev1, the worst, to sev4, and unknown.`];
    case "no-duration":
      return [`"${short(misread.typed)}" is no length of time. Write 45m, 2h or 1h30m.`];
    case "no-reason":
      return [`"${short(misread.typed)}" is none of the reasons: duplicate, false alarm, superseded, other.`];
    case "no-incident":
      return [`"${short(misread.typed)}" is no incident. They are written INC-0042.`];
    case "too-long":
      return [
        `The ${misread.label} is longer than ${misread.most} characters. Shorten it, and post the rest as a message.`,
      ];
  }
}

/** Enough of what was typed to recognise it. */
function short(typed: string): string {
  const oneLine = typed.replace(/\s+/g, " ");
  return oneLine.length > 40 ? `${oneLine.slice(0, 39)}…` : oneLine;
}
