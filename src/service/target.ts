import type { Act } from "../chat/command.ts";
import type { Parsed } from "../chat/parse.ts";
import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import {
  countOpen,
  incidentOfRoom,
  incidentsOf,
  listIncidents,
  loadIncident,
  loadVisible,
  type StoredIncident,
  visibleOfRoom,
} from "../journal/incidents.ts";
import { notSpokenOfHere, whichOne } from "../words/places.ts";
import { unseen } from "../words/refusals.ts";
import type { Rich } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import type { Service } from "./service.ts";
import type { Utterance } from "./typed-command.ts";

/** More open incidents than an organisation can have. */
const mostOpen = 10_000;
/** Nobody reads more: of somebody's open incidents the newest are named, and how many others there are. */
const mostNamed = 50;

/**
 * The incident a command is about, or why there is none. Inside an incident's room it is that one, and no
 * other is ever spoken of there; in a direct chat it is the one named, by its id or by the link of a message
 * in its room, or the only one it can be.
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
  const room = linkedRoom(parsed.act);
  if (room !== undefined) {
    return (await findVisibleOfRoom(service, room, event.sender)) ?? { words: () => unseen(undefined) };
  }
  const limit = answersOffer(parsed.act) ? mostOpen : mostNamed;
  const mine = await incidentsOf(service.db, event.sender, { open: true, limit });
  const fitting = mine.filter(({ incident }) => fits(parsed.act, incident, event.sender));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const ids = (fitting.length === 0 ? mine : fitting).map((each) => each.incident.id);
  return { words: (view) => whichOne(parsed.command.name, ids, view) };
}

function linkedRoom(act: Act): RoomId | undefined {
  return act.act === "want" && act.intent.type === "redact" ? act.intent.room : undefined;
}

/** Whether an incident can be meant by what was typed: an answer needs a question. */
function fits(act: Act, incident: Incident, user: UserId): boolean {
  return !answersOffer(act) || incident.offers.some((offer) => offer.user === user);
}

function answersOffer(act: Act): boolean {
  return act.act === "want" && (act.intent.type === "accept-role" || act.intent.type === "decline-role");
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

async function findVisibleOfRoom(
  { db, rules }: Service,
  room: RoomId,
  user: UserId,
): Promise<StoredIncident | undefined> {
  return rules.policy.isAdministrator(user) ? incidentOfRoom(db, room) : visibleOfRoom(db, room, user);
}

/** The open incidents that somebody sees in a list: the newest, and how many there are in all. */
export async function listVisible(
  { db, rules }: Service,
  user: UserId,
): Promise<{ readonly newest: readonly Incident[]; readonly inAll: number }> {
  const listing = { open: true, limit: mostNamed };
  const [seen, inAll] = rules.policy.isAdministrator(user)
    ? [await listIncidents(db, listing), await countOpen(db)]
    : [await incidentsOf(db, user, listing), await countOpen(db, user)];
  return { newest: seen.map((each) => each.incident), inAll };
}
