import { type Command, inside, showing } from "../command.ts";
import { momentAtEnd } from "../parameters/moment.ts";
import { optionalNumber } from "../parameters/number.ts";
import { optionalWord } from "../parameters/text.ts";
import { optionalKind } from "./record.ts";

/** The commands that show something and change nothing. */
export const lookCommands: readonly Command[] = [
  showing(
    "status",
    "readers",
    {
      name: "status",
      aliases: ["st"],
      group: "look",
      where: inside,
      summary: "shows how the incident stands",
      example: "status",
    },
    {},
  ),
  showing(
    "list",
    "everyone",
    {
      name: "list",
      aliases: ["ls"],
      group: "look",
      where: ["direct"],
      summary: "lists the open incidents that you are in",
      example: "list",
    },
    {},
  ),
  showing(
    "roles",
    "readers",
    {
      name: "roles",
      group: "look",
      where: inside,
      summary: "shows who holds which role, and which are vacant",
      example: "roles",
    },
    {},
  ),
  showing(
    "who",
    "members",
    {
      name: "who",
      group: "look",
      where: inside,
      summary: "shows who is here, who is invited, and who has left",
      example: "who",
    },
    {},
  ),
  showing(
    "tasks",
    "members",
    {
      name: "tasks",
      aliases: ["todo"],
      group: "look",
      where: inside,
      summary: "shows what is to be done, and by whom",
      example: "tasks",
    },
    {},
  ),
  showing(
    "timeline",
    "members",
    {
      name: "timeline",
      aliases: ["tl"],
      group: "look",
      where: inside,
      summary: "shows the last lines of the timeline, all or of one kind",
      example: "timeline 20 decisions since 14:00",
    },
    { most: optionalNumber(), kind: optionalKind(), since: momentAtEnd("since") },
    (given) => given,
  ),
  showing(
    "catchup",
    "members",
    {
      name: "catchup",
      aliases: ["catch-up"],
      group: "look",
      where: inside,
      summary: "tells you, in a direct chat, what is known, decided, and being done",
      example: "catchup since 14:00",
    },
    { since: momentAtEnd("since") },
    (given) => given,
  ),
  showing(
    "help",
    "everyone",
    {
      name: "help",
      aliases: ["?"],
      group: "look",
      where: ["room", "direct", "lobby"],
      summary: "shows what you can type here; with a command, how it is used",
      example: "help role",
    },
    { topic: optionalWord("command") },
    (given) => given,
  ),
];
