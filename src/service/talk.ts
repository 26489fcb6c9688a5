import { isForUs } from "../chat/parse.ts";
import { typedIn } from "../chat/typed.ts";
import type { RoomId, UserId } from "../incident/ids.ts";
import { noteHeard } from "../journal/heard.ts";
import { markAllHandled, nextFrom } from "../journal/inbox.ts";
import { incidentOfRoom } from "../journal/incidents.ts";
import { findPlace } from "../journal/known-rooms.ts";
import { decodeEvent, isMalformed, type RoomEvent } from "../matrix/event.ts";
import type { InboxRow } from "../store/schema.ts";
import { wantFiles } from "./attachments.ts";
import type { Service } from "./service.ts";
import { tellOfFlood } from "./talk-flood.ts";

/** So many events are handled at a time: a hundred of the largest size come to 6.5 MB. */
const atOnce = 100;

/**
 * Handles what people say to each other, from this event of a room up to the next one that asks for something.
 * Nothing follows from it but that it is kept and who was heard: so all of it is handled in one transaction, and
 * a command behind ten thousand lines waits for about a second.
 *
 * @returns whether the event was any
 */
export async function handleTalk(service: Service, room: RoomId, first: InboxRow): Promise<boolean> {
  if (talkIn(service, first) === undefined) return false;
  const here = await incidentOfRoom(service.db, room);
  if (here === undefined && (await findPlace(service.db, room))?.kind === "direct") return false;
  const stretch = await stretchFrom(service, first);
  const events = stretch.map(({ event }) => event);
  if (here !== undefined) for (const event of events) await wantFiles(service, event, here.incident);
  const seqs = stretch.map(({ row }) => row.seq);
  await service.db.transaction().execute(async (change) => {
    if (here !== undefined) {
      for (const [user, at] of lastWords(service, events))
        await noteHeard(change, here.incident.id, user, at);
    }
    await markAllHandled(change, seqs, service.now(), { forget: here === undefined });
  });
  if (here !== undefined) await tellOfFlood(service, here.incident, events);
  return true;
}

interface Said {
  readonly row: InboxRow;
  readonly event: RoomEvent;
}

/** What stands together, without anything in between that asks for something. */
async function stretchFrom(service: Service, first: InboxRow): Promise<readonly Said[]> {
  const stretch: Said[] = [];
  for (const row of await nextFrom(service.db, first, atOnce)) {
    const event = talkIn(service, row);
    if (event === undefined) break;
    stretch.push({ row, event });
  }
  return stretch;
}

/** The event in a row where it is talk, outside a direct chat: no state, no answer, no removal, and not meant for us. */
function talkIn({ rules }: Service, row: InboxRow): RoomEvent | undefined {
  const event = decodeEvent(JSON.parse(row.json));
  if (isMalformed(event) || event.state_key !== undefined) return undefined;
  if (event.type === "m.room.redaction" || event.type === "m.reaction") return undefined;
  const typed = event.type === "m.room.message" ? typedIn(event.content) : undefined;
  return typed !== undefined && isForUs(typed, rules.prefixes) ? undefined : event;
}

/** When each of the people last spoke in a stretch. */
function lastWords({ bot }: Service, events: readonly RoomEvent[]): ReadonlyMap<UserId, number> {
  const last = new Map<UserId, number>();
  for (const { sender, origin_server_ts: at } of events) {
    if (sender !== bot) last.set(sender, Math.max(at, last.get(sender) ?? at));
  }
  return last;
}
