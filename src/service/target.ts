import type { Act } from "../chat/command.ts";
import type { Parsed } from "../chat/parse.ts";
import type { IncidentId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import {
  incidentsOf,
  listIncidents,
  loadIncident,
  loadVisible,
  type StoredIncident,
} from "../journal/incidents.ts";
import { notSpokenOfHere, whichOne } from "../words/places.ts";
import { unseen } from "../words/refusals.ts";
import type { Rich } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import type { Service } from "./service.ts";
import type { Utterance } from "./typed-command.ts";

/** More open incidents than an organisation can have. */
const mostListed = 10_000;

/**
 * The incident a command is about, or why there is none. Inside an incident's room it is that one, and no
 * other is ever spoken of there; in a direct chat it is the one named, or the only one it can be.
 */
export async function findTarget(
  service: Service,
  { here, event }: Utterance,
  parsed: Parsed,
): Promise<StoredIncident | { words(view: View): Rich }> {
  if (here !== undefined) {
    return parsed.incident === undefined || parsed.incident === here.incident.id
      ? here
      : { words: () => notSpokenOfHere };
  }
  const { incident: id } = parsed;
  if (id !== undefined) {
    return (await findVisible(service, id, event.sender)) ?? { words: () => unseen(id) };
  }
  const mine = await incidentsOf(service.db, event.sender, { open: true, limit: mostListed });
  const fitting = mine.filter(({ incident }) => fits(parsed.act, incident, event.sender));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const ids = (fitting.length === 0 ? mine : fitting).map((each) => each.incident.id);
  return { words: (view) => whichOne(parsed.command.name, ids, view) };
}

/** Whether an incident can be meant by what was typed: an answer needs a question. */
function fits(act: Act, incident: Incident, user: UserId): boolean {
  if (act.act === "want" && (act.intent.type === "accept-role" || act.intent.type === "decline-role")) {
    return incident.offers.some((offer) => offer.user === user);
  }
  return true;
}

/**
 * An incident as far as somebody sees it: outside its room it is visible to its members and to the
 * administrators. For everyone else what exists and what does not take the same way.
 */
export async function findVisible(
  { db, rules }: Service,
  id: IncidentId,
  user: UserId,
): Promise<StoredIncident | undefined> {
  return rules.policy.isAdministrator(user) ? loadIncident(db, id) : loadVisible(db, id, user);
}

/** The open incidents that somebody sees in a list. */
export async function listVisible({ db, rules }: Service, user: UserId): Promise<readonly Incident[]> {
  const listing = { open: true, limit: mostListed };
  const seen = rules.policy.isAdministrator(user)
    ? listIncidents(db, listing)
    : incidentsOf(db, user, listing);
  return (await seen).map((each) => each.incident);
}
