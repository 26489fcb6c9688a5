import {
  decodeEvent,
  isMalformed,
  isObject,
  type JsonObject,
  object,
  type RoomEvent,
  text,
} from "../matrix/event.ts";
import { type EventId, isRoomId, type RoomId, type UserId } from "../matrix/ids.ts";

/** How many of the events seen an error lists, the latest ones. */
const listed = 30;

/** What one person has seen of the rooms they are in or were invited to, in order, as `/sync` brought it. */
export class Timeline {
  readonly #me: UserId;
  readonly #rooms = new Map<RoomId, RoomEvent[]>();
  readonly #known = new Set<EventId>();
  readonly #invitations = new Set<RoomId>();
  readonly #waiting = new Set<() => void>();

  constructor(me: UserId) {
    this.#me = me;
  }

  /** The events of a room, oldest first. */
  of(room: RoomId): readonly RoomEvent[] {
    return this.#rooms.get(room) ?? [];
  }

  /** The events of all rooms, room by room. */
  all(): readonly RoomEvent[] {
    return [...this.#rooms.values()].flat();
  }

  /** Rooms with an invitation that was neither accepted nor taken back. */
  invitations(): ReadonlySet<RoomId> {
    return this.#invitations;
  }

  /** Takes in one answer of `/sync` (client-server API, "Syncing") and wakes whoever waits for what it brought. */
  take(answer: JsonObject): void {
    const rooms = object(answer, "rooms");
    for (const [room, news] of entries(object(rooms, "invite"))) this.#invite(room, news);
    for (const section of ["join", "leave"]) {
      for (const [room, news] of entries(object(rooms, section))) {
        this.#invitations.delete(room);
        // State that changed before the first event of the timeline comes apart from it.
        for (const part of ["state", "timeline"]) this.#add(room, eventsOf(object(news, part)));
      }
    }
    for (const look of this.#waiting) look();
  }

  /**
   * What `look` finds, as soon as it finds something: now, or after a later answer.
   * Errors: after `timeoutMs`, naming `what` was waited for and what was seen instead.
   */
  until<T>(look: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const lookAgain = () => {
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(
          new Error(`${this.#me} waited ${timeoutMs} ms in vain for ${what}. Seen were:\n${this.#summary()}`),
        );
      }, timeoutMs);
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(lookAgain);
      };
      this.#waiting.add(lookAgain);
    });
  }

  #invite(room: RoomId, news: unknown): void {
    const stripped = eventsOf(object(news, "invite_state"));
    const mine = stripped.some(
      (event) => text(event, "type") === "m.room.member" && text(event, "state_key") === this.#me,
    );
    if (mine) this.#invitations.add(room);
  }

  #add(room: RoomId, events: readonly JsonObject[]): void {
    const seen = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, seen);
    for (const json of events) {
      // Events in /sync do not repeat the room they are in.
      const event = decodeEvent({ ...json, room_id: room });
      if (isMalformed(event) || this.#known.has(event.event_id)) continue;
      this.#known.add(event.event_id);
      seen.push(event);
    }
  }

  #summary(): string {
    const invitations = [...this.#invitations].map((room) => `  invitation to ${room}`);
    const events = this.all().toSorted((a, b) => a.origin_server_ts - b.origin_server_ts);
    return [...invitations, ...events.slice(-listed).map(inOneLine)].join("\n") || "  nothing";
  }
}

function inOneLine(event: RoomEvent): string {
  const { type, sender, state_key, content } = event;
  const name = state_key ? `${type} of ${state_key}` : type;
  return `  ${name} by ${sender}: ${text(content, "body") ?? JSON.stringify(content).slice(0, 200)}`;
}

function entries(rooms: JsonObject | undefined): [RoomId, unknown][] {
  return Object.entries(rooms ?? {}).flatMap(([room, news]) => (isRoomId(room) ? [[room, news]] : []));
}

function eventsOf(part: JsonObject | undefined): JsonObject[] {
  return Array.isArray(part?.events) ? part.events.filter(isObject) : [];
}
