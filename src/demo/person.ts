import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isObject, type JsonObject, type RoomEvent, text } from "../matrix/event.ts";
import {
  type EventId,
  isEventId,
  isMediaUri,
  isRoomId,
  isUserId,
  type MediaUri,
  type RoomAlias,
  type RoomId,
  type UserId,
} from "../matrix/ids.ts";
import { type Account, HomeserverRefusal, request } from "./client.ts";
import { message, type Said } from "./message.ts";
import { Timeline } from "./timeline.ts";

export interface Waiting {
  /** What is waited for, in words for the error: "the card". */
  readonly what: string;
  /** Three minutes where not given: it only has to end, on a slow machine that does other things besides, too. */
  readonly timeoutMs?: number;
  /** Only events of this room. */
  readonly room?: RoomId;
  /** Only events that came after this one in its room; `room` has to be given. */
  readonly after?: EventId;
}

const patienceMs = 180_000;
const syncTimeoutMs = 30_000;
const retryAfterMs = 100;
const filter = JSON.stringify({
  room: { timeline: { limit: 1000 }, ephemeral: { types: [] } },
  presence: { types: [] },
  account_data: { types: [] },
});

/**
 * A person at a Matrix client, acting through the client-server API. From the first wait on, what happens in
 * their rooms is followed with `/sync` until {@link stop}.
 * Errors of everything that acts: {@link HomeserverRefusal} with status and errcode.
 */
export class Person {
  readonly account: Account;
  readonly userId: UserId;
  readonly #timeline: Timeline;
  readonly #stopped = new AbortController();
  #following = false;

  constructor(account: Account) {
    this.account = account;
    this.userId = account.userId;
    this.#timeline = new Timeline(account.userId);
  }

  // Speaking

  /** Sends a message and gives its event id. */
  async say(room: RoomId, words: string, said: Said = {}): Promise<EventId> {
    return this.send(room, "m.room.message", message(words, said));
  }

  /** Replaces the text of one's own message. */
  async edit(room: RoomId, event: EventId, words: string, said: Said = {}): Promise<EventId> {
    const replacement = message(words, said);
    return this.send(room, "m.room.message", {
      ...replacement,
      body: `* ${words}`,
      "m.new_content": replacement,
      "m.relates_to": { rel_type: "m.replace", event_id: event },
    });
  }

  /** Adds a reaction, an emoji usually. */
  async react(room: RoomId, event: EventId, key: string): Promise<EventId> {
    return this.send(room, "m.reaction", {
      "m.relates_to": { rel_type: "m.annotation", event_id: event, key },
    });
  }

  async redact(room: RoomId, event: EventId, reason?: string): Promise<EventId> {
    const path = `${roomPath(room)}/redact/${encodeURIComponent(event)}/${randomUUID()}`;
    return eventIdOf(await this.call("PUT", path, reason === undefined ? {} : { reason }));
  }

  /** Uploads a file and posts it. */
  async sendFile(room: RoomId, name: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<EventId> {
    const url = await this.upload(name, bytes, type);
    const info = { mimetype: type, size: bytes.byteLength };
    return this.send(room, "m.room.message", { msgtype: "m.file", body: name, filename: name, url, info });
  }

  async upload(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<MediaUri> {
    const { homeserver, accessToken } = this.account;
    const path = `/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`;
    const answer = await request(homeserver, "POST", path, { accessToken, body: bytes, contentType: type });
    if (!isMediaUri(answer.content_uri)) throw new Error("The upload was answered without a media address.");
    return answer.content_uri;
  }

  async download(media: MediaUri): Promise<Uint8Array> {
    const { homeserver, accessToken } = this.account;
    const path = `/_matrix/client/v1/media/download/${media.slice("mxc://".length)}`;
    const response = await fetch(homeserver + path, { headers: { authorization: `Bearer ${accessToken}` } });
    if (!response.ok)
      throw new HomeserverRefusal(
        `GET ${path}`,
        response.status,
        await response.json().catch(() => undefined),
      );
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Sends an event of any type that is no state. */
  async send(room: RoomId, type: string, content: JsonObject): Promise<EventId> {
    return eventIdOf(
      await this.call("PUT", `${roomPath(room)}/send/${encodeURIComponent(type)}/${randomUUID()}`, content),
    );
  }

  // State

  async sendState(room: RoomId, type: string, key: string, content: JsonObject): Promise<EventId> {
    return eventIdOf(await this.call("PUT", statePath(room, type, key), content));
  }

  /** The content of a state event as the homeserver has it now; 404 where there is none. */
  async state(room: RoomId, type: string, key = ""): Promise<JsonObject> {
    return this.call("GET", statePath(room, type, key));
  }

  async joinedMembers(room: RoomId): Promise<UserId[]> {
    const { joined } = await this.call("GET", `${roomPath(room)}/joined_members`);
    return Object.keys(isObject(joined) ? joined : {}).filter(isUserId);
  }

  // Rooms

  /** `options` as in the client-server API, "createRoom". */
  async createRoom(options: JsonObject): Promise<RoomId> {
    return roomIdOf(await this.call("POST", "/_matrix/client/v3/createRoom", options));
  }

  /** Opens a direct chat the way Element does, and invites. */
  async directChatWith(user: UserId): Promise<RoomId> {
    return this.createRoom({ preset: "trusted_private_chat", is_direct: true, invite: [user] });
  }

  async join(room: RoomId | RoomAlias): Promise<RoomId> {
    return roomIdOf(await this.call("POST", `/_matrix/client/v3/join/${encodeURIComponent(room)}`, {}));
  }

  async leave(room: RoomId): Promise<void> {
    await this.call("POST", `${roomPath(room)}/leave`, {});
  }

  async invite(room: RoomId, user: UserId): Promise<void> {
    await this.call("POST", `${roomPath(room)}/invite`, { user_id: user });
  }

  async kick(room: RoomId, user: UserId, reason?: string): Promise<void> {
    await this.call("POST", `${roomPath(room)}/kick`, {
      user_id: user,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  async resolveAlias(alias: RoomAlias): Promise<RoomId> {
    return roomIdOf(await this.call("GET", `/_matrix/client/v3/directory/room/${encodeURIComponent(alias)}`));
  }

  // Following

  /**
   * The first event seen for which `isIt` holds; at once where it was seen already.
   * Errors: after the time is over, with what was seen instead.
   */
  async waitFor(
    isIt: (event: RoomEvent) => boolean,
    { what, timeoutMs = patienceMs, room, after }: Waiting,
  ): Promise<RoomEvent> {
    this.#follow();
    const look = () => (room === undefined ? this.#timeline.all() : this.#since(room, after)).find(isIt);
    return this.#timeline.until(look, what, timeoutMs);
  }

  /** A room this person is invited to, `room` or any; at once where the invitation came already. */
  async waitForInvitation({
    room,
    timeoutMs = patienceMs,
  }: {
    room?: RoomId;
    timeoutMs?: number;
  } = {}): Promise<RoomId> {
    this.#follow();
    const look = () =>
      [...this.#timeline.invitations()].find((invited) => room === undefined || invited === room);
    return this.#timeline.until(
      look,
      room === undefined ? "an invitation" : `an invitation to ${room}`,
      timeoutMs,
    );
  }

  /** What was seen of a room up to now, oldest first. */
  seen(room: RoomId): readonly RoomEvent[] {
    return this.#timeline.of(room);
  }

  /** Ends following. Whoever still waits gets no more news. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Any other call, with this person's access token. */
  async call(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    body?: JsonObject,
  ): Promise<JsonObject> {
    const { homeserver, accessToken } = this.account;
    return request(homeserver, method, path, { accessToken, ...(body === undefined ? {} : { body }) });
  }

  #since(room: RoomId, after: EventId | undefined): readonly RoomEvent[] {
    const events = this.#timeline.of(room);
    if (after === undefined) return events;
    const at = events.findIndex(({ event_id }) => event_id === after);
    return at === -1 ? [] : events.slice(at + 1);
  }

  #follow(): void {
    if (this.#following) return;
    this.#following = true;
    // A homeserver that is away is asked again until it is back; stop() ends that.
    void this.#sync();
  }

  async #sync(): Promise<void> {
    const { homeserver, accessToken } = this.account;
    const { signal } = this.#stopped;
    let since: string | undefined;
    while (!signal.aborted) {
      const query = new URLSearchParams({
        filter,
        timeout: String(syncTimeoutMs),
        ...(since === undefined ? {} : { since }),
      });
      try {
        const answer = await request(homeserver, "GET", `/_matrix/client/v3/sync?${query}`, {
          accessToken,
          signal,
        });
        since = text(answer, "next_batch");
        this.#timeline.take(answer);
      } catch {
        await delay(retryAfterMs, undefined, { ref: false });
      }
    }
  }
}

/** Signs in with a password, as a client does. */
export async function signIn(homeserver: string, user: string, password: string): Promise<Account> {
  const answer = await request(homeserver, "POST", "/_matrix/client/v3/login", {
    body: { type: "m.login.password", identifier: { type: "m.id.user", user }, password },
  });
  if (!isUserId(answer.user_id)) throw new Error("The sign-in was answered without a user id.");
  return { homeserver, userId: answer.user_id, accessToken: text(answer, "access_token") ?? "", password };
}

function roomPath(room: RoomId): string {
  return `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
}

function statePath(room: RoomId, type: string, key: string): string {
  return `${roomPath(room)}/state/${encodeURIComponent(type)}/${encodeURIComponent(key)}`;
}

function eventIdOf(answer: JsonObject): EventId {
  if (!isEventId(answer.event_id)) throw new Error("The homeserver took an event without saying its id.");
  return answer.event_id;
}

function roomIdOf(answer: JsonObject): RoomId {
  if (!isRoomId(answer.room_id)) throw new Error("The homeserver answered without a room id.");
  return answer.room_id;
}
