import type { Where } from "../chat/command.ts";
import { isForUs, isMistake, type Parsed, parseCommand } from "../chat/parse.ts";
import { type Acquaintance, People } from "../chat/people.ts";
import { typedIn } from "../chat/typed.ts";
import { decide } from "../incident/decide.ts";
import { isRefusal } from "../incident/decision.ts";
import type { IncidentId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Intent } from "../incident/intent.ts";
import { heardAt, noteHeard } from "../journal/heard.ts";
import { markHandled } from "../journal/inbox.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { put } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { openedWords } from "../words/answers.ts";
import { mistakeWords } from "../words/mistakes.ts";
import { elsewhere } from "../words/places.ts";
import { refusalWords, unseen } from "../words/refusals.ts";
import type { Rich } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import { answerTo, tick } from "./answer.ts";
import { changeIncident, openIncident } from "./change.ts";
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
  const parsed = parseCommand(typed, service.rules.prefixes, {
    people: acquaintances(service, here?.incident, view),
    roles: view.roles,
    inIncident: here !== undefined,
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
  if (act.act === "show" && !command.aboutIncident) {
    return answer(service, said, await shownAnywhere(service, said, parsed, view));
  }
  if (act.act === "want" && (act.intent.type === "declare" || act.intent.type === "report")) {
    return open(service, said, act.intent, view);
  }
  const target = await findTarget(service, said, parsed);
  if ("words" in target) return answer(service, said, target.words(view));
  if (act.act === "show") return answer(service, said, await shownOf(service, said, act.view, target));
  return want(service, said, act.intent, target.incident.id);
}

async function open(
  service: Service,
  said: Utterance,
  intent: Extract<Intent, { type: "declare" | "report" }>,
  view: View,
): Promise<void> {
  const { event, inbox, where } = said;
  const at = event.origin_server_ts;
  const decision = decide(undefined, intent, { actor: event.sender, at, policy: service.rules.policy });
  if (isRefusal(decision)) return answer(service, said, refusalWords(decision, undefined, view));
  const discreet = where === "lobby";
  await openIncident(
    service,
    { cause: event.event_id, actor: event.sender, eventAt: at, inbox, forget: true },
    {
      facts: decision,
      answer: (after, names) =>
        after === undefined ? [] : [answerTo(event, openedWords(after.incident, names, { discreet }))],
    },
  );
}

async function want(service: Service, said: Utterance, intent: Intent, id: IncidentId): Promise<void> {
  const { event, inbox, here } = said;
  const { policy } = service.rules;
  const at = event.origin_server_ts;
  const other = otherNamed(intent);
  if (other !== undefined && (await findVisible(service, other, event.sender)) === undefined) {
    return answer(service, said, unseen(other));
  }
  await noteHeard(service.db, id, event.sender, at);
  const heard = await heardAt(service.db, id);
  const occasion = {
    cause: event.event_id,
    actor: event.sender,
    eventAt: at,
    inbox,
    forget: here === undefined,
  };
  await changeIncident(service, id, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, { actor: event.sender, at, policy, heard });
    if (!isRefusal(decision)) return { facts: decision, answer: () => [tick(event)] };
    const words = (view: View) => refusalWords(decision, stored?.incident, view);
    return { facts: [], answer: (_, view) => [answerTo(event, words(view))] };
  });
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
