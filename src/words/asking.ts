import type { FactOf } from "../incident/fact.ts";
import type { UserId } from "../incident/ids.ts";
import { holders, type Incident, isOnRoster, type Offer, rolesOf } from "../incident/incident.ts";
import { isPlain, type Policy, type RoleName } from "../incident/policy.ts";
import { type Announcement, leadOf, notice, page, toAdministrators } from "./announcement.ts";
import { code, line, type Rich, type Span } from "./rich.ts";
import { clock, duration } from "./time.ts";
import { listed, people, person, severityName, type View } from "./view.ts";

/** Named at most, so that a reminder stays a reminder. */
const mostNamed = 8;
const controls = ["✅", "❌"] as const;

/** Asks whoever has to answer: the person who is to have the role, or those who confirm a volunteer. */
export function ask(
  { role, user }: { readonly role: RoleName; readonly user: UserId },
  incident: Incident,
  policy: Policy,
  view: View,
): Announcement | undefined {
  const offer = incident.offers.find((each) => each.role === role && each.user === user);
  if (offer === undefined) return undefined;
  const stays = untilThen(offer, incident, policy, view);
  if (offer.kind === "volunteered") return askLead(offer, stays, incident, view);
  const text: Rich = [
    line`${person(user, view)}${offer.reminded ? ", asked again" : ""}: ✅ to be ${role}, ❌ to decline, or type ${code(`${view.prefix} accept`)}.${stays}`,
  ];
  return { ...page(text, [user]), controls, offer: { role, user, kind: "asked" } };
}

/** Who has the role until the question is answered, where only one can have it. */
function untilThen({ role, user }: Offer, incident: Incident, policy: Policy, view: View): readonly Span[] {
  const [holder] = holders(incident, role);
  const isPassed = policy.roles.get(role)?.holders === "one" && holder !== undefined && holder !== user;
  return isPassed ? line` ${person(holder, view)} stays ${role} until then.` : [];
}

function askLead(
  { role, user, reminded }: Offer,
  stays: readonly Span[],
  incident: Incident,
  view: View,
): Announcement {
  const confirming = code(`${view.prefix} role ${role} @name`);
  const text: Rich = [
    line`${person(user, view)} ${reminded ? "still offers" : "offers"} to be ${role}. Commander or deputy: ✅ to confirm, ❌ to decline, or type ${confirming}.${stays}`,
  ];
  return { ...page(text, leadOf(incident)), controls, offer: { role, user, kind: "volunteered" } };
}

/** A question about a role came to nothing. */
export function unanswered(
  entry: FactOf<"role-declined"> | FactOf<"role-lapsed">,
  incident: Incident,
  view: View,
): Announcement {
  const { role, user, volunteered } = entry.data;
  const who = person(user, view);
  if (volunteered === true) {
    const said =
      entry.type === "role-declined"
        ? line`${who} was not confirmed as ${role}.`
        : line`Nobody answered ${who}; the offer to be ${role} has lapsed.`;
    return page([said], [user]);
  }
  const said =
    entry.type === "role-declined"
      ? line`${who} declined to be ${role}.`
      : line`${who} did not answer; the offer to be ${role} has lapsed.`;
  return page([said, line`Somebody else: ${code(`${view.prefix} role ${role} @name`)}`], leadOf(incident));
}

/** Nobody holds roles that this severity needs, from this moment on. */
export function vacant(roles: readonly RoleName[], incident: Incident, view: View): Announcement {
  const text: Rich = [
    [`Nobody is ${listed(roles, "or")} (needed at ${severityName(incident.severity)}).`],
    ...roles.map((role) => howToFill(role, view)),
  ];
  return addressed(roles, text, incident);
}

/** Still nobody. */
export function stillVacant(
  { role, at }: { readonly role: RoleName; readonly at: number },
  incident: Incident,
  policy: Policy,
  view: View,
): Announcement {
  const since = incident.vacancies[role]?.since ?? at;
  const able = ableIn(incident, role, policy);
  const text: Rich = [
    [`Nobody has been ${role} for ${duration(at - since)}.`],
    ...(able.length > 0
      ? [line`Who may: ${people(able, view)}.`, howToFill(role, view)]
      : [
          [`Who may is not here: ${listed(policy.roles.get(role)?.eligible ?? [], "or")}.`],
          line`To invite one of them: ${code(`${view.prefix} invite @name`)}`,
        ]),
  ];
  if (role === "commander" && able.length > 0 && incident.state !== "triage") return page(text, able);
  return addressed([role], text, incident);
}

/** The administrators are told; the room is told that they were. */
export function vacancyReported(
  { role, at }: { readonly role: RoleName; readonly at: number },
  incident: Incident,
  view: View,
): readonly Announcement[] {
  const since = incident.vacancies[role]?.since ?? at;
  const entering = code(`${view.prefix} enter ${incident.id} <reason>`);
  return [
    toAdministrators([
      line`${incident.id} (${severityName(incident.severity)}): nobody has been ${role} for ${duration(at - since)}.`,
      line`To go in, in a direct chat with me: ${entering}`,
    ]),
    notice([
      [
        view.administratorsHear
          ? `The administrators have been told that nobody is ${role}.`
          : `Nobody has been ${role} for long. There is no room in which I could tell the administrators: call one.`,
      ],
    ]),
  ];
}

function howToFill(role: RoleName, view: View): Rich[number] {
  // Where nobody commands there may be nobody who can ask; whoever is able takes command at once.
  if (role === "commander") return line`To take command: ${code(`${view.prefix} volunteer commander`)}`;
  return line`To ask somebody: ${code(`${view.prefix} role ${role} @name`)}, or offer yourself: ${code(`${view.prefix} volunteer ${role}`)}`;
}

/** Those in the incident who may hold a role. */
function ableIn(incident: Incident, role: RoleName, policy: Policy): readonly UserId[] {
  return (Object.keys(incident.people) as UserId[])
    .filter((user) => isOnRoster(incident, user) && policy.mayHold(role, user))
    .slice(0, mostNamed);
}

/** A lost commander concerns everybody, other roles commander and deputy; what is only reported wakes nobody. */
function addressed(roles: readonly RoleName[], text: Rich, incident: Incident): Announcement {
  if (incident.state === "triage") return notice(text);
  return roles.includes("commander") ? page(text) : page(text, leadOf(incident));
}

/** Who has a role from now on, and what became of whoever had it. */
export function taken(
  entry: FactOf<"role-accepted"> & { readonly eventAt: number },
  incident: Incident,
  view: View,
): Announcement {
  const { role, user, from } = entry.data;
  const before = from === undefined ? [] : line`; ${person(from, view)} is ${heldNow(incident, from)}`;
  return notice([
    line`${person(user, view)} is ${role} since ${clock(entry.eventAt, view.timeZone)}${before}.`,
    ...(isPlain(role) ? [] : [line`To give it up: ${code(`${view.prefix} ${howToGiveUp(role)}`)}`]),
  ]);
}

/** What to type to be rid of a role: command is never given back, only handed on. */
export function howToGiveUp(role: RoleName): string {
  return role === "commander" ? "handover commander @name" : `release ${role}`;
}

/** Command was taken: everybody hears it. */
export function takenOver(
  entry: FactOf<"role-taken-over"> & { readonly eventAt: number },
  incident: Incident,
  view: View,
): Announcement {
  const { role, user, from, reason } = entry.data;
  const back = code(`${view.prefix} ${howToGiveUp(role)}`);
  return page([
    line`${person(user, view)} has taken over as ${role} at ${clock(entry.eventAt, view.timeZone)}: ${reason}`,
    ...(from === undefined
      ? []
      : [line`${person(from, view)} is ${heldNow(incident, from)}. To give command back: ${back}`]),
  ]);
}

/** What somebody holds, in words. */
function heldNow(incident: Incident, user: UserId): string {
  const held = rolesOf(incident, user);
  return held.length === 0 ? "without a role" : listed(held);
}
