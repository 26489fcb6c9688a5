import type { Act, Where } from "../chat/command.ts";
import { isForUs, isMistake, type Mistake, type Parsed, parseCommand } from "../chat/parse.ts";
import { type Acquaintance, People } from "../chat/people.ts";
import { type Typed, typedIn } from "../chat/typed.ts";
import { decide } from "../incident/decide.ts";
import { type Context, isRefusal } from "../incident/decision.ts";
import type { IncidentId, UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster } from "../incident/incident.ts";
import type { Intent } from "../incident/intent.ts";
import type { Refusal } from "../incident/refusal.ts";
import { heardAt, noteHeard } from "../journal/heard.ts";
import { markHandled } from "../journal/inbox.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { put } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { removalTaken } from "../words/archive.ts";
import { catchUpWords } from "../words/catchup.ts";
import { mistakeWords } from "../words/mistakes.ts";
import { elsewhere } from "../words/places.ts";
import { refusalWords, unseen } from "../words/refusals.ts";
import { messageContent, type Rich } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import { answerTo, tick } from "./answer.ts";
import { changeIncident, type Outcome, openIncident } from "./change.ts";
import { directChatFor } from "./direct-chats.ts";
import { askAbout, holding, isLate } from "./holding.ts";
import { type Opening, openingOf } from "./opening.ts";
import { isRemovable } from "./removable.ts";
import type { Service } from "./service.ts";
import { shownAnywhere, shownOf } from "./showing.ts";
import { findTarget, findVisible } from "./target.ts";
import { viewOf } from "./view.ts";

/** A message in a place where commands can be typed. */
export interface Utterance {
  readonly event: RoomEvent;
  /** The inbox row it came in. */
  readonly inbox: number;
  readonly where: Where;
  /** The incident whose room it is. */
  readonly here?: StoredIncident;
}

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
  const parsed = understand(service, said, typed, view);
  if (isMistake(parsed)) await answer(service, said, mistakeWords(parsed, view));
  else await carryOut(service, said, parsed, view);
  return "handled";
}

/** What was typed, as of the moment at which it was typed. */
export function understand(
  service: Service,
  { event, here }: Pick<Utterance, "event" | "here">,
  typed: Typed,
  view: View,
): Parsed | Mistake {
  const { prefixes, timeZone } = service.rules;
  return parseCommand(typed, prefixes, {
    people: acquaintances(service, here?.incident, view),
    roles: view.roles,
    inIncident: here !== undefined,
    now: event.origin_server_ts,
    timeZone,
    ...(typed.repliesTo === undefined ? {} : { repliesTo: typed.repliesTo }),
  });
}

function acquaintances(service: Service, incident: Incident | undefined, view: View): People {
  const users = incident === undefined ? [] : (Object.keys(incident.people) as UserId[]);
  const known = users.map((user): Acquaintance => ({ user, name: view.names[user] ?? "" }));
  return new People(service.rules.serverName, known);
}

async function carryOut(service: Service, said: Utterance, parsed: Parsed, view: View): Promise<void> {
  const { command, act } = parsed;
  if (!command.where.includes(said.where)) return answer(service, said, elsewhere(command.where, view));
  if (act.act === "show" && !command.aboutIncident) {
    return answer(service, said, await shownAnywhere(service, said, parsed, view));
  }
  if (act.act === "want" && (act.intent.type === "declare" || act.intent.type === "report")) {
    return open(service, said, act.intent, view);
  }
  const target = await findTarget(service, said, parsed);
  if ("words" in target) return answer(service, said, target.words(view));
  if (act.act === "want" && (await namesNothing(service, said, act.intent, target))) {
    const misread = { misread: "no-message", typed: "" } as const;
    return answer(service, said, mistakeWords({ mistake: "misread", command, misread }, view));
  }
  if (act.act === "want") return want(service, said, { ...parsed, act }, target.incident.id);
  if (command.who === "members" && said.where !== "room" && !isOnRoster(target.incident, said.event.sender)) {
    return answer(service, said, refusalWords({ refused: "enter-first" }, target.incident, view));
  }
  if (act.view === "catchup" && said.where === "room") return tellPrivately(service, said, act.since, target);
  return answer(service, said, await shownOf(service, said, act, target));
}

/** Whether a message is to be removed that cannot be. Who may not have it removed is not told that much. */
async function namesNothing(
  service: Service,
  { event }: Utterance,
  intent: Intent,
  { incident }: StoredIncident,
): Promise<boolean> {
  if (intent.type !== "redact") return false;
  const isRefused = isRefusal(decide(incident, intent, contextOf(service, event)));
  return !isRefused && !(await isRemovable(service, incident, intent.message));
}

/** Opens an incident, where it was not typed so long ago that it has to be asked about. */
async function open(service: Service, said: Utterance, intent: Opening, view: View): Promise<void> {
  const { event, inbox, where } = said;
  const decision = decide(undefined, intent, contextOf(service, event));
  if (isRefusal(decision)) return answer(service, said, refusalWords(decision, undefined, view));
  if (isLate(service, event))
    return askFirst(service, said, intent.type === "report" ? "report" : "new", view);
  const occasion = { cause: event.event_id, actor: event.sender, eventAt: event.origin_server_ts, inbox };
  await openIncident(service, { ...occasion, forget: true }, openingOf(event, decision, where));
}

/** Asks about what would open an incident. Until it is answered, what was typed is kept. */
async function askFirst(
  service: Service,
  { event, inbox }: Utterance,
  name: string,
  view: View,
): Promise<void> {
  await service.db.transaction().execute(async (change) => {
    await put(change, askAbout(event, { name, why: "late" }, undefined, view));
    await markHandled(change, inbox, service.now(), { forget: false });
  });
  service.bells.outbox(event.room_id);
}

/** What is decided of an event, at the moment at which it was typed. */
function contextOf(service: Service, event: RoomEvent): Context {
  return { actor: event.sender, at: event.origin_server_ts, policy: service.rules.policy };
}

async function want(
  service: Service,
  said: Utterance,
  { command, act }: Parsed & { readonly act: Extract<Act, { act: "want" }> },
  id: IncidentId,
): Promise<void> {
  const { event, inbox, here } = said;
  const other = otherNamed(act.intent);
  if (other !== undefined && (await findVisible(service, other, event.sender)) === undefined) {
    return answer(service, said, unseen(other));
  }
  await noteHeard(service.db, id, event.sender, event.origin_server_ts);
  const context = { ...contextOf(service, event), heard: await heardAt(service.db, id) };
  const occasion = {
    cause: event.event_id,
    actor: event.sender,
    eventAt: event.origin_server_ts,
    inbox,
    forget: here === undefined,
  };
  const { name } = command;
  await changeIncident(service, id, occasion, (stored) => {
    const decision = decide(stored?.incident, act.intent, context);
    if (isRefusal(decision)) {
      if (decision.refused === "before-impact") return holding(event, { name, why: decision.refused });
      return refusing(event, decision, stored?.incident);
    }
    // What can still be done with an archived incident is as right later, and followed by more than a tick.
    if (stored?.incident.state === "archived") {
      return { facts: decision, answer: () => [answerTo(event, removalTaken(id))] };
    }
    if (isLate(service, event)) return holding(event, { name, why: "late" });
    return { facts: decision, answer: () => [tick(event)] };
  });
}

function refusing(event: RoomEvent, refusal: Refusal, incident: Incident | undefined): Outcome {
  return { facts: [], answer: (_, view) => [answerTo(event, refusalWords(refusal, incident, view))] };
}

/** What `catchup` asks for in a room is told to whoever asked, and to nobody else. */
async function tellPrivately(
  service: Service,
  said: Utterance,
  since: number | undefined,
  { incident }: StoredIncident,
): Promise<void> {
  const { event, inbox } = said;
  const key = `${event.event_id}/catchup`;
  const chat = await directChatFor(service, key, event.sender);
  const view = await viewOf(service, service.db, incident);
  const words = messageContent({ text: catchUpWords(incident, since, view), tone: "notice" });
  await service.db.transaction().execute(async (change) => {
    await put(change, [{ key, roomId: chat, type: "m.room.message", content: words }, tick(event)]);
    await markHandled(change, inbox, service.now(), { forget: false });
  });
  service.bells.outbox(chat);
  service.bells.outbox(event.room_id);
}

/** Another incident that an intent speaks of: it can only be one that its actor sees. */
function otherNamed(intent: Intent): IncidentId | undefined {
  return intent.type === "cancel" ? intent.of : undefined;
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
