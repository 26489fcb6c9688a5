import type { Command, Where } from "../chat/command.ts";
import { usageOf } from "../chat/command.ts";
import type { UserId } from "../incident/ids.ts";
import { holders, type Incident, rolesOf } from "../incident/incident.ts";
import { isEntitled } from "../incident/permissions.ts";
import { holdsIn, type Policy } from "../incident/policy.ts";
import { capital, card } from "./card.ts";
import { code, line, matrixTo, type Rich, strong } from "./rich.ts";
import { clock } from "./time.ts";
import { people, severityName, type View } from "./view.ts";

/** How an incident stands: what the card shows, outside its room without the title. */
export function statusWords(
  incident: Incident,
  policy: Policy,
  view: View,
  options: { readonly titled: boolean },
): Rich {
  return card(incident, policy, view, options);
}

/** Who holds which role, and which are vacant. */
export function rolesWords(incident: Incident, policy: Policy, view: View): Rich {
  const lines = view.roles.map((role) => {
    const held = incident.roles[role] ?? [];
    const needed = holdsIn(policy.roles.get(role)?.required, incident.severity) ? " (needed)" : "";
    const acting = held.some((holding) => holding.acting) ? " (acting)" : "";
    const asked = incident.offers.filter((offer) => offer.role === role).map((offer) => offer.user);
    const who =
      held.length === 0 && asked.length === 0
        ? [`vacant${needed}`]
        : [...people(holders(incident, role), view), acting];
    const waiting =
      asked.length === 0 ? [] : [held.length === 0 ? "asked: " : "; asked: ", ...people(asked, view)];
    return line`${strong(capital(role))} ${who.filter((span) => span !== "")}${waiting}`;
  });
  return [...lines, line`To give one: ${code(`${view.prefix} role <role> @person`)}`];
}

/**
 * The open incidents somebody is in, without their titles: a list is often read over a shoulder, and the
 * link leads to the room.
 */
export function listWords(incidents: readonly Incident[], user: UserId, via: string, view: View): Rich {
  if (incidents.length === 0) {
    return [["You are in no open incident."], line`To open one: ${code(`${view.prefix} new <title>`)}`];
  }
  return incidents.map((incident) => {
    const held = rolesOf(incident, user);
    const room =
      incident.room === undefined
        ? incident.id
        : { link: matrixTo(incident.room.id, undefined, via), text: incident.id };
    const as = held.length === 0 ? "" : ` · you are ${held.join(", ")}`;
    return line`${room} ${severityName(incident.severity)} · ${incident.state} since ${clock(incident.declaredAt, view.timeZone)}${as}`;
  });
}

/** Whether a person can use a command here and now. */
export function isUsable(
  command: Command,
  where: Where,
  user: UserId,
  incident: Incident | undefined,
  policy: Policy,
): boolean {
  if (!command.where.includes(where)) return false;
  if (command.who === "everyone") return true;
  if (command.who === "declarers") return policy.mayDeclare(user);
  if (incident === undefined) return where === "direct";
  if (command.who === "readers") return true;
  return isEntitled(incident, command.who, user);
}

/** The help page: a line a command, only what this person can do here and now. */
export function helpWords(usable: readonly Command[], view: View): Rich {
  return [
    ...usable.map((command) => line`${code(`${view.prefix} ${usageOf(command)}`)} ${command.summary}`),
    line`More about one: ${code(`${view.prefix} help <command>`)}`,
  ];
}

/** How one command is used. */
export function commandWords(command: Command, view: View): Rich {
  const names = command.aliases.length === 0 ? [] : [[`Also: ${command.aliases.join(", ")}`]];
  return [
    line`${code(`${view.prefix} ${usageOf(command)}`)} ${command.summary}.`,
    line`Such as: ${code(`${view.prefix} ${command.example}`)}`,
    ...names,
  ];
}
