import { decide, isRefusal } from "../incident/decide.ts";
import { parseIncidentId } from "../incident/ids.ts";
import type { Intent } from "../incident/intent.ts";
import { messageOf } from "../journal/outbox.ts";
import { object, type RoomEvent, text } from "../matrix/event.ts";
import { refusalWords } from "../words/refusals.ts";
import { answerTo } from "./answer.ts";
import { changeIncident } from "./change.ts";
import type { Service } from "./service.ts";

/**
 * ✅ or ❌ under an offer. It counts only on a message of the bot that offers a role, and only from the
 * person who was asked; every other reaction is just a reaction.
 */
export async function handleOffer(
  service: Service,
  event: RoomEvent,
  inbox: number,
  options: { readonly forget: boolean },
): Promise<"handled" | "not-for-us"> {
  const relation = object(event.content, "m.relates_to");
  const target = text(relation, "event_id");
  const type = answers[(text(relation, "key") ?? "").replace(/\ufe0f/g, "")];
  const row = target === undefined || type === undefined ? undefined : await messageOf(service.db, target);
  if (row === undefined || type === undefined) return "not-for-us";
  const content: unknown = JSON.parse(row.content);
  const offer = object(content, "org.cordon.offer");
  const id = parseIncidentId(text(offer, "incident") ?? "");
  const role = text(offer, "role");
  if (id === undefined || role === undefined || text(offer, "user") !== event.sender) return "not-for-us";
  const intent: Intent = { type, role };
  const at = event.origin_server_ts;
  const occasion = { cause: event.event_id, actor: event.sender, eventAt: at, inbox, ...options };
  await changeIncident(service, id, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, {
      actor: event.sender,
      at,
      policy: service.rules.policy,
    });
    if (!isRefusal(decision)) return { facts: decision };
    return {
      facts: [],
      answer: (_, view) => [answerTo(event, refusalWords(decision, stored?.incident, view))],
    };
  });
  return "handled";
}

const answers: Readonly<Record<string, "accept-role" | "decline-role">> = {
  "✅": "accept-role",
  "❌": "decline-role",
};
