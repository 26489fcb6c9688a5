import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { put } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { floodWords } from "../words/flood.ts";
import { messageContent } from "../words/rich.ts";
import { roomMessage } from "./announcing.ts";
import { nameInOutbox, type Service } from "./service.ts";
import { viewOf } from "./view.ts";

/** Nobody types more events than this within a moment; a program does. */
const most = 200;
const momentMs = 10_000;
/** So many speakers are remembered, those who spoke last. */
const remembered = 1_000;

interface Speaker {
  /** When the moment began, by the homeserver's clock: what is brought late is no flood for that. */
  readonly since: number;
  readonly events: number;
}

/** Sees who writes faster than anybody can read. What they write is kept and handled all the same. */
export class TalkFlood {
  readonly #speakers = new Map<string, Speaker>();

  /**
   * Whether somebody has begun to flood a room with this event.
   *
   * @param at when it was sent, in milliseconds since the epoch
   */
  begins(room: string, user: UserId, at: number): boolean {
    const name = `${room} ${user}`;
    const known = this.#speakers.get(name);
    const isSameMoment = known !== undefined && Math.abs(at - known.since) < momentMs;
    const speaker = isSameMoment ? { ...known, events: known.events + 1 } : { since: at, events: 1 };
    this.#speakers.delete(name);
    this.#speakers.set(name, speaker);
    const [oldest] = this.#speakers.keys();
    if (this.#speakers.size > remembered && oldest !== undefined) this.#speakers.delete(oldest);
    return speaker.events === most + 1;
  }
}

/** Tells whoever floods an incident's room with these events so, once: the outbox knows whom it has told. */
export async function tellOfFlood(
  service: Service,
  incident: Incident,
  events: readonly RoomEvent[],
): Promise<void> {
  if (service.replay !== undefined || incident.closing !== undefined) return;
  for (const { room_id: room, sender, origin_server_ts: at } of events) {
    if (sender === service.bot || !service.floods.begins(room, sender, at)) continue;
    const view = await viewOf(service, service.db, incident);
    const text = floodWords(sender, view);
    const content = messageContent({ text, tone: "page", mentions: [sender] });
    const message = roomMessage(incident, `${nameInOutbox(incident)}/flood/${sender}`, room, content);
    await service.db.transaction().execute((change) => put(change, [message]));
    service.bells.outbox(room);
    service.log.warn({ incident: incident.id }, "somebody floods the room of an incident");
  }
}
