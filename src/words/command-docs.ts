import { type Command, groups, usageOf, type Where } from "../chat/command.ts";
import { commands } from "../chat/commands.ts";
import { listed } from "./view.ts";

/** `docs/commands.md`: every room command, from the table that the parser itself uses. */
export function renderCommandDocs(): string {
  const sections = groups.flatMap((group) => {
    const found = commands.filter((command) => command.group === group);
    return [`## ${titles[group]}`, "", ...found.flatMap(section)];
  });
  return [...opening, ...sections].join("\n");
}

const opening = [
  "# Room commands",
  "",
  "<!-- Generated from src/chat/commands.ts by `npm run docs`: edit there. -->",
  "",
  "Type `!inc`, or the longer `!incident`, and one of the commands below. `<…>` has to be given, `[…]` can be left out.",
  "In an incident's room its id is implied; in a direct chat with the bot it goes first: `!inc status INC-0042`.",
  "",
];

const titles = {
  declare: "Declare",
  look: "Look",
  people: "People",
  drive: "Drive",
  record: "Record",
} as const;

const places: Readonly<Record<Where, string>> = {
  room: "in the incident's room",
  direct: "in a direct chat with the bot",
  lobby: "in a lobby",
};

function section(command: Command): readonly string[] {
  const also =
    command.aliases.length === 0
      ? []
      : [`- Also: ${command.aliases.map((alias) => `\`${alias}\``).join(", ")}`];
  return [
    `### \`${usageOf(command)}\``,
    "",
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    "",
    `- Who: ${who(command)}`,
    `- Where: ${listed(command.where.map((where) => places[where]))}`,
    ...also,
    `- Example: \`!inc ${command.example}\``,
    "",
  ];
}

function who(command: Command): string {
  switch (command.who) {
    case "everyone":
      return "everyone";
    case "readers":
      return "everyone in the incident, and the administrators";
    case "declarers":
      return "whom `access.declare` names";
    case "posters":
      return "everyone in the incident but observers";
    case "asked":
      return "whoever was asked to take a role";
    default:
      return listed(command.who.map((role) => `the ${role}`));
  }
}
