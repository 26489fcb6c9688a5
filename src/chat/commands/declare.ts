import { type Command, inside, wanting } from "../command.ts";
import { cancellation } from "../parameters/cancellation.ts";
import { peopleAtEnd } from "../parameters/person.ts";
import { optionalSeverity } from "../parameters/severity.ts";
import { title } from "../parameters/text.ts";

/** The commands by which an incident begins, and by which it turns out to be none. */
export const declareCommands: readonly Command[] = [
  wanting(
    "declare",
    {
      name: "new",
      aliases: ["open", "declare", "start"],
      group: "declare",
      where: ["direct", "lobby"],
      summary: "opens an incident, with its own room, and invites the people named",
      example: "new sev2 Payments fail at checkout @bob @carol",
    },
    { severity: optionalSeverity(), title: title("title"), people: peopleAtEnd() },
    (given) => ({ type: "declare", severity: "unknown", ...given }),
  ),
  wanting(
    "report",
    {
      name: "report",
      group: "declare",
      where: ["direct", "lobby"],
      summary: "reports what may be one: a room for you alone, until it is declared",
      example: "report Card payments look slow",
    },
    { title: title("title") },
    (given) => ({ type: "report", ...given }),
  ),
  wanting(
    "activate",
    {
      name: "declare",
      group: "declare",
      where: inside,
      summary: "declares what was reported, and invites the people named",
      example: "declare sev2 @bob @carol",
    },
    { severity: optionalSeverity(), people: peopleAtEnd() },
    (given) => ({ type: "activate", ...given }),
  ),
  wanting(
    "cancel",
    {
      name: "cancel",
      group: "declare",
      where: inside,
      summary: "calls off what is no incident, for one of four reasons",
      example: "cancel duplicate INC-0041",
    },
    { why: cancellation() },
    ({ why }) => ({ type: "cancel", ...why }),
  ),
];
