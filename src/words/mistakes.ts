import { usageOf } from "../chat/command.ts";
import type { Misread } from "../chat/parameter.ts";
import type { Mistake } from "../chat/parse.ts";
import { type Doubt, momentExamples } from "../text/moment.ts";
import { nearest } from "../text/nearest.ts";
import { code, joined, line, type Rich } from "./rich.ts";
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
    case "no-reason":
      return [`"${short(misread.typed)}" is none of the reasons: duplicate, false alarm, superseded, other.`];
    case "no-incident":
      return [`"${short(misread.typed)}" is no incident. They are written INC-0042.`];
    case "no-number":
      return [`"${short(misread.typed)}" is no ${misread.label}.`];
    case "no-message":
      return ["Which message? Reply to it, or give its link."];
    case "no-owner":
      return ["A task has exactly one owner: name one person, or a role that one person holds."];
    case "unclear-time":
      return unclearTime(misread, view);
    case "too-long":
      return [
        `The ${misread.label} is longer than ${misread.most} characters. Shorten it, and post the rest as a message.`,
      ];
  }
}

/** Why a time was not taken: what could mean two moments is asked, not guessed. */
const doubts: Readonly<Record<Doubt, string>> = {
  "not-a-time": "is no time I can read",
  "no-clock": "names a day without a time",
  "no-such-clock": "is on no clock",
  "no-such-day": "is no day there is",
  "which-day": "could be on two days",
  skipped: "was skipped when the clocks changed",
  twice: "was twice, when the clocks changed",
  "other-zone": "is in a zone that is not ours",
  "clock-or-length": "could be a time or a length of time",
  "not-yet": "has not come yet",
  "past-already": "is past already",
};

/** Shown at most of what could be typed for a time. */
const mostForms = 4;

function unclearTime(
  { moment, direction }: Extract<Misread, { misread: "unclear-time" }>,
  view: View,
): Rich[number] {
  const said = `"${short(moment.typed)}" ${doubts[moment.unclear]}.`;
  const choices = moment.choices.map(({ written }) => written);
  return choices.length === 0
    ? line`${said} Write ${oneOf(momentExamples[direction])}. Times are those of ${view.timeZone}.`
    : line`${said} Did you mean ${oneOf(choices)}? Times are those of ${view.timeZone}.`;
}

function oneOf(written: readonly string[]): Rich[number] {
  return joined(written.slice(0, mostForms).map(code), " or ");
}

/** Enough of what was typed to recognise it. */
function short(typed: string): string {
  const oneLine = typed.replace(/\s+/g, " ");
  return oneLine.length > 40 ? `${oneLine.slice(0, 39)}…` : oneLine;
}
