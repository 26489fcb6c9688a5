import { type Command, inside, wanting } from "../command.ts";
import { person, somePeople } from "../parameters/person.ts";
import { asRole, optionalRole, role, roleBeforePerson, roleOr } from "../parameters/role.ts";
import { optionalText, text } from "../parameters/text.ts";

/** The commands about who is in an incident, and with which roles. */
export const peopleCommands: readonly Command[] = [
  wanting(
    "offer-role",
    {
      name: "role",
      aliases: ["assign"],
      group: "people",
      where: inside,
      summary: "asks somebody to take a role; it is theirs once they accept",
      example: "role scribe @carol",
    },
    { role: role(), user: person() },
    (given) => ({ type: "offer-role", ...given }),
  ),
  wanting(
    "accept-role",
    {
      name: "accept",
      aliases: ["yes"],
      group: "people",
      where: inside,
      summary: "takes the role you were asked to take; an acting commander keeps command by it",
      example: "accept",
    },
    { role: optionalRole() },
    (given) => ({ type: "accept-role", ...given }),
  ),
  wanting(
    "decline-role",
    {
      name: "decline",
      aliases: ["no"],
      group: "people",
      where: inside,
      summary: "declines the role you were asked to take",
      example: "decline",
    },
    { role: optionalRole() },
    (given) => ({ type: "decline-role", ...given }),
  ),
  wanting(
    "volunteer",
    {
      name: "volunteer",
      group: "people",
      where: inside,
      summary: "offers yourself for a role; command that nobody holds is yours at once",
      example: "volunteer scribe",
    },
    { role: role() },
    (given) => ({ type: "volunteer", ...given }),
  ),
  wanting(
    "handover",
    {
      name: "handover",
      group: "people",
      where: inside,
      summary: "passes your role on: after a brief, once the other accepts",
      example: "handover commander @bob",
    },
    { role: roleBeforePerson(), user: person() },
    (given) => ({ type: "handover", ...given }),
  ),
  wanting(
    "takeover",
    {
      name: "takeover",
      group: "people",
      where: inside,
      summary: "takes command from a commander who has fallen silent",
      example: "takeover commander Alice does not answer",
    },
    { role: roleOr("commander"), reason: text("reason") },
    (given) => ({ type: "takeover", ...given }),
  ),
  wanting(
    "release-role",
    {
      name: "release",
      group: "people",
      where: inside,
      summary: "gives your role back",
      example: "release scribe",
    },
    { role: optionalRole() },
    (given) => ({ type: "release-role", ...given }),
  ),
  wanting(
    "invite",
    {
      name: "invite",
      aliases: ["add"],
      group: "people",
      where: inside,
      summary: "invites people into the incident's room",
      example: "invite @dave as comms to talk to the provider",
    },
    { users: somePeople(), role: asRole(), reason: optionalText("reason") },
    (given) => ({ type: "invite", ...given }),
  ),
  wanting(
    "remove",
    {
      name: "remove",
      aliases: ["kick"],
      group: "people",
      where: inside,
      summary: "takes somebody out of the incident, and every role from them",
      example: "remove @dave was needed for the network only",
    },
    { user: person(), reason: text("reason") },
    (given) => ({ type: "remove", ...given }),
  ),
  wanting(
    "enter",
    {
      name: "enter",
      group: "people",
      where: ["direct"],
      summary: "lets an administrator into an incident, in the open and with a reason",
      example: "enter INC-0042 the commander cannot be reached",
    },
    { reason: text("reason") },
    (given) => ({ type: "enter", ...given }),
  ),
];
