import { decide } from "../incident/decide.ts";
import { isRefusal } from "../incident/decision.ts";
import type { Intent } from "../incident/intent.ts";
import { entryCausedBy } from "../journal/entries.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { object, type RoomEvent, text } from "../matrix/event.ts";
import { isEventId } from "../matrix/ids.ts";
import { cleanText } from "../text/clean.ts";
import { changeIncident } from "./change.ts";
import type { Service } from "./service.ts";

const pin = "📌";

/**
 * 📌 on a message of the room puts it on the timeline, for whoever may write there. On what was removed, on
 * state, and from anybody else it means nothing, and is not answered.
 */
export async function handleMark(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<"handled" | "not-for-us"> {
  const relation = object(event.content, "m.relates_to");
  const message = text(relation, "event_id");
  if ((text(relation, "key") ?? "").replace(/\ufe0f/g, "") !== pin || !isEventId(message))
    return "not-for-us";
  const marked = await service.homeserver.getEvent(event.room_id, message);
  const body = marked === undefined || marked.type !== "m.room.message" ? undefined : bodyNow(marked);
  if (marked === undefined || body === undefined) return "not-for-us";
  const { sender, origin_server_ts: sentAt } = marked;
  await want(service, event, inbox, here, { type: "mark", message, sender, text: cleanText(body), sentAt });
  return "handled";
}

/** What a message says by now: the homeserver brings its newest edit with it (spec, "Aggregations"). */
function bodyNow({ content, unsigned }: RoomEvent): string | undefined {
  const edit = object(
    object(object(object(unsigned, "m.relations"), "m.replace"), "content"),
    "m.new_content",
  );
  return text(edit, "body") ?? text(content, "body");
}

/** A 📌 was taken away: its message leaves the timeline, unless somebody else's is still there. */
export async function handleUnmark(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
): Promise<"handled" | "not-for-us"> {
  const { redacts } = event;
  if (redacts === undefined) return "not-for-us";
  const marked = await entryCausedBy(service.db, here.incident.id, "marked", redacts);
  if (marked === undefined || marked.actor === "cordon") return "not-for-us";
  const { message } = marked.data;
  // Whoever takes somebody else's away does so in their place.
  await want(service, { ...event, sender: marked.actor }, inbox, here, { type: "unmark", message });
  return "handled";
}

async function want(
  service: Service,
  event: RoomEvent,
  inbox: number,
  here: StoredIncident,
  intent: Intent,
): Promise<void> {
  const at = event.origin_server_ts;
  const occasion = { cause: event.event_id, actor: event.sender, eventAt: at, inbox };
  await changeIncident(service, here.incident.id, occasion, (stored) => {
    const decision = decide(stored?.incident, intent, {
      actor: event.sender,
      at,
      policy: service.rules.policy,
    });
    return { facts: isRefusal(decision) ? [] : decision };
  });
}
