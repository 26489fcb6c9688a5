import { decide } from "../incident/decide.ts";
import { isRefusal } from "../incident/decision.ts";
import { type IncidentId, parseIncidentId, type UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Intent } from "../incident/intent.ts";
import { isEntitled } from "../incident/permissions.ts";
import type { Policy } from "../incident/policy.ts";
import { messageOf, waitingFor } from "../journal/outbox.ts";
import { type JsonObject, object, type RoomEvent, text } from "../matrix/event.ts";
import { isEventId, isUserId } from "../matrix/ids.ts";
import { refusalWords } from "../words/refusals.ts";
import { answerTo } from "./answer.ts";
import { changeIncident } from "./change.ts";
import { answerHeld } from "./confirming.ts";
import { questionKey, type Service } from "./service.ts";

/**
 * ✅ or ❌ under a message of the bot that asks something: about a role, a task, or a command that was held.
 * It counts only from whom is asked, and only while the question stands there. Every other reaction is just a
 * reaction.
 *
 * @returns `early` where it may be about a question of which it is not known yet which event it became
 */
export async function handleAnswer(
  service: Service,
  event: RoomEvent,
  inbox: number,
  options: { readonly forget: boolean },
): Promise<"handled" | "not-for-us" | "early"> {
  const answer = answerIn(event);
  const target = text(object(event.content, "m.relates_to"), "event_id");
  if (answer === undefined || !isEventId(target)) return "not-for-us";
  const row = await messageOf(service.db, target);
  if (row === undefined) return (await isAsking(service, event)) ? "early" : "not-for-us";
  const question = questionIn(row);
  // A message that was removed asks nothing any more.
  if (row.room_id !== event.room_id || question === undefined) return "not-for-us";
  if (await isRemoved(service, event.room_id, target)) return "not-for-us";
  if (question.about === "command")
    return answerHeld(service, event, { ...question, answer, row, inbox, ...options });
  return answerIncident(service, event, inbox, { question, answer, options });
}

/** What a message of the bot asks. */
type Question =
  | {
      readonly about: "role";
      readonly incident: IncidentId;
      readonly role: string;
      readonly user: UserId;
      readonly kind: string | undefined;
    }
  | { readonly about: "task"; readonly incident: IncidentId; readonly task: number }
  | { readonly about: "command"; readonly command: `$${string}`; readonly incident: IncidentId | undefined };

function questionIn(row: { readonly content: string }): Question | undefined {
  const asked = askedIn(row);
  const incident = parseIncidentId(text(asked, "incident") ?? "");
  const command = text(asked, "command");
  if (asked?.about === "command") {
    return isEventId(command) ? { about: "command", command, incident } : undefined;
  }
  if (incident === undefined) return undefined;
  if (asked?.about === "task") {
    return typeof asked.task === "number" ? { about: "task", incident, task: asked.task } : undefined;
  }
  const role = text(asked, "role");
  const user = text(asked, "user");
  if (role === undefined || !isUserId(user)) return undefined;
  return { about: "role", incident, role, user, kind: text(asked, "kind") };
}

function askedIn({ content }: { readonly content: string }): JsonObject | undefined {
  const message: unknown = JSON.parse(content);
  return object(message, questionKey);
}

/**
 * Whether a question is on its way to the room. It may be there already: whoever dies between sending it and
 * noting that sends it again, as the same event, and its answer must not be lost meanwhile.
 */
async function isAsking(service: Service, { room_id }: RoomEvent): Promise<boolean> {
  const waiting = await waitingFor(service.db, room_id);
  return waiting.some((row) => askedIn(row) !== undefined);
}

async function isRemoved(
  { homeserver }: Service,
  room: RoomEvent["room_id"],
  event: `$${string}`,
): Promise<boolean> {
  const message = await homeserver.getEvent(room, event);
  return message === undefined || text(message.content, "body") === undefined;
}

async function answerIncident(
  service: Service,
  event: RoomEvent,
  inbox: number,
  {
    question,
    answer,
    options,
  }: {
    readonly question: Exclude<Question, { readonly about: "command" }>;
    readonly answer: "yes" | "no";
    readonly options: { readonly forget: boolean };
  },
): Promise<"handled" | "not-for-us"> {
  const intent = intentOf(question, answer, event.sender);
  if (intent === undefined) return "not-for-us";
  const { policy } = service.rules;
  const at = event.origin_server_ts;
  const occasion = { cause: event.event_id, actor: event.sender, eventAt: at, inbox, ...options };
  await changeIncident(service, question.incident, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, { actor: event.sender, at, policy });
    if (!isRefusal(decision)) return { facts: decision };
    if (stored === undefined || !isAsked(question, stored.incident, event.sender, policy))
      return { facts: [] };
    return {
      facts: [],
      answer: (_, view) => [answerTo(event, refusalWords(decision, stored.incident, view))],
    };
  });
  return "handled";
}

function intentOf(
  question: Exclude<Question, { readonly about: "command" }>,
  answer: "yes" | "no",
  sender: UserId,
): Intent | undefined {
  if (question.about === "task") {
    return answer === "yes" ? { type: "acknowledge-task", task: question.task } : undefined;
  }
  const { role, user, kind } = question;
  if (kind === "volunteered") return { type: answer === "yes" ? "confirm-role" : "refuse-role", role, user };
  if (user !== sender) return undefined;
  return { type: answer === "yes" ? "accept-role" : "decline-role", role };
}

function answerIn(event: RoomEvent): "yes" | "no" | undefined {
  const key = text(object(event.content, "m.relates_to"), "key") ?? "";
  return answers[key.replace(/\ufe0f/g, "")];
}

const answers: Readonly<Record<string, "yes" | "no">> = { "✅": "yes", "❌": "no" };

/** Whether a question was put to somebody: the reaction of anybody else means nothing, and is not answered. */
function isAsked(
  question: Exclude<Question, { readonly about: "command" }>,
  incident: Incident,
  sender: UserId,
  policy: Policy,
): boolean {
  if (question.about === "task") return false;
  return question.kind === "volunteered"
    ? isEntitled(incident, "confirm-role", sender, policy)
    : question.user === sender;
}
