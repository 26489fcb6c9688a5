import { holders, type Incident, type Offer } from "../incident/incident.ts";
import type { RoleName } from "../incident/policy.ts";
import { joined, line, type Rich, type Span, strong } from "./rich.ts";
import { clock } from "./time.ts";
import { capital, crowd, person, type View } from "./view.ts";

/** The roles of which there is something to say: held, offered, or needed and vacant. */
export function roleLines(incident: Incident, view: View): Rich {
  return view.roles.filter((role) => isNotable(incident, role)).map((role) => roleLine(incident, role, view));
}

function isNotable(incident: Incident, role: RoleName): boolean {
  return (
    holders(incident, role).length > 0 ||
    incident.offers.some((offer) => offer.role === role) ||
    role in incident.vacancies
  );
}

/** Who holds a role and who is asked to: `Scribe vacant, Bob (asked 19:05 UTC)`. */
export function roleLine(incident: Incident, role: RoleName, view: View): readonly Span[] {
  const offers = incident.offers.filter((offer) => offer.role === role);
  const told = [holdersOf(incident, role, view), ...offers.map((offer) => asked(offer, view))];
  return line`${strong(capital(role))} ${joined(told, ", ")}`;
}

function holdersOf(incident: Incident, role: RoleName, view: View): readonly Span[] {
  const held = incident.roles[role] ?? [];
  if (held.length === 0) return [role in incident.vacancies ? "vacant" : "nobody"];
  const users = held.map((holding) => holding.user);
  return line`${crowd(users, view)}${held.some((holding) => holding.acting) ? " (acting)" : ""}`;
}

function asked({ kind, user, at }: Offer, view: View): readonly Span[] {
  const what = kind === "volunteered" ? "offers" : "asked";
  return line`${person(user, view)} (${what} ${clock(at, view.timeZone)})`;
}
