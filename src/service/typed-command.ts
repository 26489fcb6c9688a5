import type { Act, Where } from "../chat/command.ts";
import { commands } from "../chat/commands.ts";
import { findCommand, isForUs, isMistake, type Parsed, parseCommand } from "../chat/parse.ts";
import { type Acquaintance, People } from "../chat/people.ts";
import { typedIn } from "../chat/typed.ts";
import { decide, isRefusal } from "../incident/decide.ts";
import type { IncidentId, UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster } from "../incident/incident.ts";
import type { Intent } from "../incident/intent.ts";
import { holdsIn } from "../incident/policy.ts";
import { markHandled } from "../journal/inbox.ts";
import { listIncidents, loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { put } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { openedWords } from "../words/announcements.ts";
import { mistakeWords } from "../words/mistakes.ts";
import { refusalWords, unseen } from "../words/refusals.ts";
import { code, line, type Rich } from "../words/rich.ts";
import { commandWords, helpWords, isUsable, listWords, rolesWords, statusWords } from "../words/shown.ts";
import type { View } from "../words/view.ts";
import { answerTo, tick } from "./answer.ts";
import { changeIncident, openIncident, viewOf } from "./change.ts";
import type { Service } from "./service.ts";

/** A message in a place where commands can be typed. */
export interface Utterance {
  readonly event: RoomEvent;
  /** The inbox row it came in. */
  readonly inbox: number;
  readonly where: Where;
  /** The incident whose room it is. */
  readonly here?: StoredIncident;
}

/** More open incidents than an organisation can have. */
const mostListed = 10_000;

/**
 * Carries out what was typed, if it was typed to us. Whatever comes of it (facts, an answer, a refusal)
 * is written together with the fact that the message has been handled.
 */
export async function handleTyped(service: Service, said: Utterance): Promise<"handled" | "not-for-us"> {
  const { event, here } = said;
  const typed = typedIn(event.content);
  // In a direct chat everything is said to us: the prefix can be left out.
  if (typed === undefined || (said.where !== "direct" && !isForUs(typed, service.rules.prefixes))) {
    return "not-for-us";
  }
  const view = await viewOf(service, service.db, here?.incident);
  const parsed = parseCommand(typed, service.rules.prefixes, {
    people: acquaintances(service, here?.incident, view),
    roles: view.roles,
  });
  if (isMistake(parsed)) await answer(service, said, mistakeWords(parsed, view));
  else await carryOut(service, said, parsed, view);
  return "handled";
}

function acquaintances(service: Service, incident: Incident | undefined, view: View): People {
  const users = incident === undefined ? [] : (Object.keys(incident.people) as UserId[]);
  const known = users.map((user): Acquaintance => ({ user, name: view.names[user] ?? "" }));
  return new People(service.rules.serverName, known);
}

async function carryOut(service: Service, said: Utterance, parsed: Parsed, view: View): Promise<void> {
  const { command, act } = parsed;
  if (!command.where.includes(said.where)) return answer(service, said, elsewhere(command.where, view));
  if (act.act === "want" && act.intent.type === "declare") return declare(service, said, act.intent, view);
  if (act.act === "show" && !command.aboutIncident) return show(service, said, act, undefined, view);
  const target = await findTarget(service, said, parsed);
  if ("words" in target) return answer(service, said, target.words(view));
  if (act.act === "show") return show(service, said, act, target, view);
  return want(service, said, act.intent, target.incident.id);
}

function elsewhere(where: readonly Where[], view: View): Rich {
  const places = { room: "in the incident's room", direct: "in a direct chat with me", lobby: "in a lobby" };
  return [
    [`That is not typed here, but ${where.map((each) => places[each]).join(" or ")}.`],
    line`What you can type here: ${code(`${view.prefix} help`)}`,
  ];
}

/**
 * The incident a command is about. Inside an incident's room it is that one, and no other is ever spoken
 * of there; in a direct chat it is the one named, or the only one it can be.
 */
async function findTarget(
  service: Service,
  said: Utterance,
  parsed: Parsed,
): Promise<StoredIncident | { words(view: View): Rich }> {
  const { here, event } = said;
  if (here !== undefined) {
    return parsed.incident === undefined || parsed.incident === here.incident.id
      ? here
      : { words: () => [["Another incident is not spoken of here. Ask in a direct chat with me."]] };
  }
  if (parsed.incident !== undefined) {
    const named = await loadIncident(service.db, parsed.incident);
    return named !== undefined && maySee(service, named.incident, event.sender)
      ? named
      : { words: () => unseen(parsed.incident) };
  }
  const mine = await myIncidents(service, event.sender);
  const fitting = mine.filter(({ incident }) => fits(parsed.act, incident, event.sender));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  return {
    words: (view) =>
      whichOne(
        parsed,
        (fitting.length === 0 ? mine : fitting).map((each) => each.incident.id),
        view,
      ),
  };
}

function whichOne(parsed: Parsed, ids: readonly IncidentId[], view: View): Rich {
  const [first] = ids;
  if (first === undefined) return [["You are in no open incident."]];
  const example = `${view.prefix} ${parsed.command.name} ${first}`;
  return [line`Which incident? You are in ${ids.slice(0, 10).join(", ")}. Type ${code(example)}`];
}

/** Whether an incident can be meant by what was typed: an answer needs a question. */
function fits(act: Act, incident: Incident, user: UserId): boolean {
  if (act.act === "want" && (act.intent.type === "accept-role" || act.intent.type === "decline-role")) {
    return incident.offers.some((offer) => offer.user === user);
  }
  return true;
}

async function myIncidents(service: Service, user: UserId): Promise<readonly StoredIncident[]> {
  const open = await listIncidents(service.db, { open: true, limit: mostListed });
  return open.filter(({ incident }) => isOnRoster(incident, user));
}

/** Outside its room an incident is visible to its members and to the administrators. */
function maySee(service: Service, incident: Incident, user: UserId): boolean {
  return isOnRoster(incident, user) || service.rules.policy.isAdministrator(user);
}

async function declare(
  service: Service,
  said: Utterance,
  intent: Extract<Intent, { type: "declare" }>,
  view: View,
): Promise<void> {
  const { event, inbox } = said;
  const { policy } = service.rules;
  const at = event.origin_server_ts;
  const decision = decide(undefined, intent, { actor: event.sender, at, policy });
  if (isRefusal(decision)) return answer(service, said, refusalWords(decision, undefined, view));
  await openIncident(
    service,
    { cause: event.event_id, actor: event.sender, eventAt: at, inbox, forget: true },
    {
      facts: decision,
      answer: (after, names) =>
        after === undefined
          ? []
          : [
              answerTo(
                event,
                openedWords(after.incident, { needed: needed(service, after.incident) }, names),
              ),
            ],
    },
  );
}

/** The roles that an incident of this severity needs and that nobody holds. */
function needed(service: Service, incident: Incident): readonly string[] {
  return [...service.rules.policy.roles.values()]
    .filter(
      (role) => holdsIn(role.required, incident.severity) && (incident.roles[role.name] ?? []).length === 0,
    )
    .map((role) => role.name);
}

async function want(service: Service, said: Utterance, intent: Intent, id: IncidentId): Promise<void> {
  const { event, inbox, here } = said;
  const { policy } = service.rules;
  const at = event.origin_server_ts;
  const occasion = {
    cause: event.event_id,
    actor: event.sender,
    eventAt: at,
    inbox,
    forget: here === undefined,
  };
  await changeIncident(service, id, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, { actor: event.sender, at, policy });
    if (!isRefusal(decision)) return { facts: decision, answer: () => [tick(event)] };
    const words = (view: View) => refusalWords(decision, stored?.incident, view);
    return { facts: [], answer: (_, view) => [answerTo(event, words(view))] };
  });
}

async function show(
  service: Service,
  said: Utterance,
  asked: Extract<Act, { act: "show" }>,
  target: StoredIncident | undefined,
  view: View,
): Promise<void> {
  return answer(service, said, await shown(service, said, asked, target, view));
}

async function shown(
  service: Service,
  said: Utterance,
  asked: Extract<Act, { act: "show" }>,
  target: StoredIncident | undefined,
  view: View,
): Promise<Rich> {
  const { policy, serverName } = service.rules;
  if (asked.view === "list") {
    const mine = await myIncidents(service, said.event.sender);
    const incidents = mine.map((each) => each.incident);
    return listWords(incidents, said.event.sender, serverName, view);
  }
  if (asked.view === "help" || target === undefined) return help(service, said, asked.topic, view);
  const names = await viewOf(service, service.db, target.incident);
  if (asked.view === "roles") return rolesWords(target.incident, policy, names);
  return statusWords(target.incident, policy, names, { titled: said.where === "room" });
}

function help(service: Service, said: Utterance, topic: string | undefined, view: View): Rich {
  const { policy } = service.rules;
  const about = topic === undefined ? undefined : findCommand(topic);
  if (topic !== undefined && about === undefined) {
    return mistakeWords({ mistake: "unknown-command", typed: topic }, view);
  }
  if (about !== undefined) return commandWords(about, view);
  const incident = said.here?.incident;
  return helpWords(
    commands.filter((command) => isUsable(command, said.where, said.event.sender, incident, policy)),
    view,
  );
}

/** Answers, and notes that the message has been handled. */
async function answer(service: Service, said: Utterance, words: Rich): Promise<void> {
  const { event, inbox, here } = said;
  const witness = here === undefined ? {} : { "org.cordon.journal": here.incident.head };
  await service.db.transaction().execute(async (change) => {
    await put(change, [answerTo(event, words, witness)]);
    await markHandled(change, inbox, service.now(), { forget: here === undefined });
  });
  service.bells.outbox(event.room_id);
}
