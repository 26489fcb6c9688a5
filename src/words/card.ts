import { holders, type Incident } from "../incident/incident.ts";
import { holdsIn, type Policy, type RoleName } from "../incident/policy.ts";
import { line, type Rich, type Span, strong } from "./rich.ts";
import { clock } from "./time.ts";
import { actor, people, person, severityName, type View } from "./view.ts";

/** The name of an incident's room. */
export function roomName(incident: Incident): string {
  return `${incident.id} ${incident.title}`;
}

/** The topic of an incident's room: `SEV2 · active · commander Alice · next update 14:30 CET`. */
export function topic(incident: Incident, view: View): string {
  const [commander] = holders(incident, "commander");
  const name = commander === undefined ? "vacant" : plainName(person(commander, view));
  const next =
    incident.nextUpdateAt === undefined ? [] : [`next update ${clock(incident.nextUpdateAt, view.timeZone)}`];
  return [severityName(incident.severity), stateWord(incident), `commander ${name}`, ...next].join(" · ");
}

function plainName(span: Span): string {
  return typeof span === "object" && "name" in span ? span.name : "";
}

function stateWord(incident: Incident): string {
  return incident.closing !== undefined && incident.state !== "archived" ? "closing" : incident.state;
}

/**
 * The pinned card: everything that is true of the incident now, in lines that read well on a phone.
 * It shows no running time, only moments, so that it changes when something happened and not by itself.
 * Outside the incident's room it is shown without its title.
 */
export function card(
  incident: Incident,
  policy: Policy,
  view: View,
  options: { readonly titled: boolean } = { titled: true },
): Rich {
  return [
    [strong(`${incident.id} · ${severityName(incident.severity)} · ${stateWord(incident).toUpperCase()}`)],
    ...(options.titled ? [[incident.title]] : []),
    line`${strong("Declared")} ${clock(incident.declaredAt, view.timeZone)} by ${person(incident.declaredBy, view)}`,
    ...view.roles.flatMap((role) => roleLine(incident, role, policy, view)),
    ...updateLines(incident, view),
    ...outcomeLines(incident, view),
  ];
}

function roleLine(incident: Incident, role: RoleName, policy: Policy, view: View): Rich {
  const offers = incident.offers.filter((offer) => offer.role === role);
  const held = incident.roles[role] ?? [];
  const required = holdsIn(policy.roles.get(role)?.required, incident.severity);
  if (held.length === 0 && offers.length === 0 && !required) return [];
  const acting = held.some((holding) => holding.acting) ? " (acting)" : "";
  const asked = offers.flatMap((offer): readonly Span[] => [
    held.length > 0 ? ", " : "",
    person(offer.user, view),
    ` (asked ${clock(offer.at, view.timeZone)})`,
  ]);
  const vacant = held.length === 0 && offers.length === 0 ? "vacant" : "";
  return [
    line`${strong(capital(role))} ${people(
      held.map((holding) => holding.user),
      view,
    )}${acting}${asked}${vacant}`,
  ];
}

function updateLines(incident: Incident, view: View): Rich {
  const { lastUpdate, nextUpdateAt, mitigatedAt } = incident;
  return [
    ...(mitigatedAt === undefined ? [] : [line`${strong("Mitigated")} ${clock(mitigatedAt, view.timeZone)}`]),
    ...(lastUpdate === undefined
      ? []
      : [
          line`${strong("Last update")} ${clock(lastUpdate.at, view.timeZone)} ${actor(lastUpdate.by, view)}: ${lastUpdate.text}`,
        ]),
    ...(nextUpdateAt === undefined
      ? []
      : [line`${strong("Next update")} ${clock(nextUpdateAt, view.timeZone)}`]),
  ];
}

function outcomeLines(incident: Incident, view: View): Rich {
  const { outcome, overAt, archive } = incident;
  if (outcome === undefined || overAt === undefined) return [];
  return [
    line`${strong("Over")} ${clock(overAt, view.timeZone)}: ${outcome.summary}`,
    ...(outcome.missing.length === 0 ? [] : [line`${strong("Never filled")} ${outcome.missing.join(", ")}`]),
    ...(archive === undefined ? [] : [line`${strong("Archive")} ${archive.name}`]),
  ];
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
