import { decide } from "../incident/decide.ts";
import { isRefusal } from "../incident/decision.ts";
import { type IncidentId, parseIncidentId, type UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Intent } from "../incident/intent.ts";
import { isEntitled } from "../incident/permissions.ts";
import type { Policy } from "../incident/policy.ts";
import { messageOf, waitingFor } from "../journal/outbox.ts";
import { type JsonObject, object, type RoomEvent, text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import { refusalWords } from "../words/refusals.ts";
import { answerTo } from "./answer.ts";
import { changeIncident } from "./change.ts";
import type { Service } from "./service.ts";

/**
 * ✅ or ❌ under an offer. It counts only on a message of the bot that asks somebody about a role, and only
 * from whom it asks: the person who is to have it, or for a volunteer those who give out roles. Every other
 * reaction is just a reaction.
 *
 * @returns `early` where it may be about a question of which it is not known yet which event it became
 */
export async function handleOffer(
  service: Service,
  event: RoomEvent,
  inbox: number,
  options: { readonly forget: boolean },
): Promise<"handled" | "not-for-us" | "early"> {
  if (answerIn(event) === undefined) return "not-for-us";
  const asked = await questionUnder(service, event);
  if (asked === undefined) return (await isAsking(service, event)) ? "early" : "not-for-us";
  const intent = intentOf(asked, event);
  if (intent === undefined) return "not-for-us";
  const { policy } = service.rules;
  const at = event.origin_server_ts;
  const occasion = { cause: event.event_id, actor: event.sender, eventAt: at, inbox, ...options };
  await changeIncident(service, asked.incident, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, { actor: event.sender, at, policy });
    if (!isRefusal(decision)) return { facts: decision };
    if (stored === undefined || !isAsked(asked, stored.incident, event.sender, policy)) return { facts: [] };
    return {
      facts: [],
      answer: (_, view) => [answerTo(event, refusalWords(decision, stored.incident, view))],
    };
  });
  return "handled";
}

/** What a message of the bot asks. */
interface Question {
  readonly incident: IncidentId;
  readonly role: string;
  readonly user: UserId;
  readonly kind: string | undefined;
}

/** The question that a reaction stands under. */
async function questionUnder(service: Service, event: RoomEvent): Promise<Question | undefined> {
  const target = text(object(event.content, "m.relates_to"), "event_id");
  const row = target === undefined ? undefined : await messageOf(service.db, target);
  if (row === undefined || row.room_id !== event.room_id) return undefined;
  const offer = offerIn(row);
  const incident = parseIncidentId(text(offer, "incident") ?? "");
  const role = text(offer, "role");
  const user = text(offer, "user");
  if (incident === undefined || role === undefined || !isUserId(user)) return undefined;
  return { incident, role, user, kind: text(offer, "kind") };
}

function offerIn({ content }: { readonly content: string }): JsonObject | undefined {
  const message: unknown = JSON.parse(content);
  return object(message, "org.cordon.offer");
}

/**
 * Whether a question is on its way to the room. It may be there already: whoever dies between sending it and
 * noting that sends it again, as the same event, and its answer must not be lost meanwhile.
 */
async function isAsking(service: Service, { room_id }: RoomEvent): Promise<boolean> {
  const waiting = await waitingFor(service.db, room_id);
  return waiting.some((row) => offerIn(row) !== undefined);
}

function intentOf({ role, user, kind }: Question, event: RoomEvent): Intent | undefined {
  const answer = answerIn(event);
  if (answer === undefined) return undefined;
  if (kind === "volunteered") return { type: answer === "yes" ? "confirm-role" : "refuse-role", role, user };
  if (user !== event.sender) return undefined;
  return { type: answer === "yes" ? "accept-role" : "decline-role", role };
}

function answerIn(event: RoomEvent): "yes" | "no" | undefined {
  const key = text(object(event.content, "m.relates_to"), "key") ?? "";
  return answers[key.replace(/\ufe0f/g, "")];
}

const answers: Readonly<Record<string, "yes" | "no">> = { "✅": "yes", "❌": "no" };

/** Whether a question was put to somebody: the reaction of anybody else means nothing, and is not answered. */
function isAsked({ kind, user }: Question, incident: Incident, sender: UserId, policy: Policy): boolean {
  return kind === "volunteered" ? isEntitled(incident, "confirm-role", sender, policy) : user === sender;
}
