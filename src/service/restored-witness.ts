import type { FactOf } from "../incident/fact.ts";
import type { IncidentId, RoomId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import { messageOf } from "../journal/outbox.ts";
import { hasEntry } from "../journal/restored.ts";
import { decodeEvent, isMalformed, object, type RoomEvent, text } from "../matrix/event.ts";
import type { EventId } from "../matrix/ids.ts";
import { changeIncident } from "./change.ts";
import { messageKey, momentOf, type Service } from "./service.ts";

/** What the room knows and the journal does not. */
type Lost = FactOf<"restored">["data"];

/**
 * Asks an incident's room, which is a witness to its journal, whether it knows more than the journal has. Where it
 * does, the journal says so from now on.
 *
 * @param whole asks about everything the bot ever said there, and not only up to what the database knows
 * @returns whether it does
 */
export async function noteIfBehind(
  service: Service,
  incident: Incident,
  room: RoomId,
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<boolean> {
  const lost = await lookBack(service, incident, room, whole);
  if (lost !== undefined) await noteRestored(service, incident.id, lost);
  return lost !== undefined;
}

/** Whether a room has a message of the bot's, from whenever, that the database does not. */
export async function knowsMore(service: Service, incident: Incident, room: RoomId): Promise<boolean> {
  return (await lookBack(service, incident, room, true)) !== undefined;
}

/** Writes down that the journal was put back, once for the same state of the room. */
async function noteRestored(service: Service, id: IncidentId, lost: Lost): Promise<void> {
  const occasion = { cause: `restored/${lost.until}`, actor: "cordon", eventAt: service.now() } as const;
  await changeIncident(service, id, occasion, (stored) => ({
    facts:
      stored === undefined ? [] : observe(stored.incident, { type: "restored", ...lost }, momentOf(service)),
  }));
}

/**
 * Walks back over what the bot said in a room to the first message that the database knows, and gathers what
 * it does not: an entry of the journal that a message speaks of, or a message that was never in the outbox.
 */
async function lookBack(
  service: Service,
  incident: Incident,
  room: RoomId,
  whole: boolean,
): Promise<Lost | undefined> {
  let until: EventId | undefined;
  let lost: Lost["lost"];
  for await (const event of ownMessages(service, room)) {
    if (event.event_id === incident.restored?.until) break;
    const head = headIn(event);
    const isMissing =
      head === undefined ? await isUnknown(service, event) : !(await hasEntry(service.db, incident.id, head));
    if (isMissing) {
      until ??= event.event_id;
      if (head !== undefined && head.seq > (lost?.seq ?? 0)) {
        lost = { ...head, event: lost?.event ?? event.event_id };
      }
    } else if (!whole && (await messageOf(service.db, event.event_id)) !== undefined) break;
  }
  return until === undefined ? undefined : { until, ...(lost === undefined ? {} : { lost }) };
}

/** A message that says what it is called, and was never called so here. */
async function isUnknown({ db }: Service, event: RoomEvent): Promise<boolean> {
  const key = text(event.content, messageKey);
  if (key === undefined) return false;
  const known = await db.selectFrom("outbox").select("key").where("key", "=", key).executeTakeFirst();
  return known === undefined;
}

async function* ownMessages({ homeserver, bot }: Service, room: RoomId): AsyncIterable<RoomEvent> {
  let from: string | undefined;
  for (let limit = 20; ; limit = 500) {
    const page = await homeserver.readMessages(room, {
      dir: "b",
      limit,
      format: "client",
      filter: { senders: [bot], not_types: ["m.room.member"] },
      ...(from === undefined ? {} : { from }),
    });
    for (const value of page.events) {
      const event = decodeEvent(value);
      if (!isMalformed(event) && event.state_key === undefined) yield event;
    }
    if (page.end === undefined || page.end === from) return;
    from = page.end;
  }
}

/** The head of the journal that a message is a witness to. */
function headIn({ content }: RoomEvent): Incident["head"] | undefined {
  const head = object(content, "org.cordon.journal");
  const hash = text(head, "hash");
  return typeof head?.seq === "number" && hash !== undefined ? { seq: head.seq, hash } : undefined;
}
