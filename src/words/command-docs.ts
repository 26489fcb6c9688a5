import { type Command, groups, usageOf } from "../chat/command.ts";
import { commands } from "../chat/commands.ts";
import { permissionOf } from "../incident/permissions.ts";
import { whoWords } from "./entitled.ts";
import { placeWords } from "./places.ts";
import { capital, listed } from "./view.ts";

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
  "<!-- Generated from src/chat/commands by `npm run docs`: edit there. -->",
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
  tasks: "Tasks",
} as const;

function section(command: Command): readonly string[] {
  const also =
    command.aliases.length === 0
      ? []
      : [`- Also: ${command.aliases.map((alias) => `\`${alias}\``).join(", ")}`];
  return [
    `### \`${usageOf(command)}\``,
    "",
    `${capital(command.summary)}.`,
    "",
    `- Who: ${who(command)}`,
    ...when(command),
    `- Where: ${listed(command.where.map((where) => placeWords(where, "the bot")))}`,
    ...also,
    `- Example: \`!inc ${command.example}\``,
    "",
  ];
}

function who(command: Command): string {
  if (command.who === "everyone") return "everyone";
  if (command.who === "members") return "everyone in the incident";
  if (command.who === "readers") return "everyone in the incident, and the administrators";
  return whoWords(command.who.want);
}

/** In which states it can be done, where not always. */
function when(command: Command): readonly string[] {
  if (typeof command.who !== "object") return [];
  const { states } = permissionOf(command.who.want);
  return states.length === 0 ? [] : [`- When: ${listed(states, "or")}`];
}
