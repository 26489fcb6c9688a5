/**
 * What the rest of the house may ask of the homeserver, one verb each: a function takes the ones it uses.
 * All of them reject with a `HomeserverError`, and none tries again: that is for who calls.
 */
import type { ReadableStream } from "node:stream/web";
import type { JsonObject, RoomEvent } from "./event.ts";
import type { EventId, MediaUri, RoomAlias, RoomId, UserId } from "./ids.ts";

export interface RoomCreator {
  /** Makes a room from the body of `POST /createRoom`. A taken alias is refused with `M_ROOM_IN_USE`. */
  createRoom(body: JsonObject): Promise<RoomId>;
}

export interface AliasResolver {
  /** The room of an alias, `undefined` where the homeserver knows none. */
  resolveAlias(alias: RoomAlias): Promise<RoomId | undefined>;
}

export interface AliasRemover {
  /** Takes an alias of the registration's back, whoever gave it away. One that is not there any more is no failure. */
  removeAlias(alias: RoomAlias): Promise<void>;
}

export interface MessageSender {
  /** Sends an event. Repeated with the same transaction id it gives the same event, and makes no second one. */
  sendMessage(room: RoomId, type: string, txnId: string, content: JsonObject): Promise<EventId>;
}

export interface StateWriter {
  /** Sets a piece of state. What is already so makes no event; the id of the existing one is given. */
  writeState(room: RoomId, type: string, stateKey: string, content: JsonObject): Promise<EventId>;
}

export interface StateReader {
  /** The whole present state. Events that cannot be read as such are left out. */
  readState(room: RoomId): Promise<readonly RoomEvent[]>;
  /** The content of one piece of state, `undefined` where it was never set. */
  readStateEvent(room: RoomId, type: string, stateKey: string): Promise<JsonObject | undefined>;
}

export interface MessagesQuery {
  /** `b` walks back from the newest, `f` on from the oldest. */
  readonly dir: "b" | "f";
  /** The `end` of the page before. */
  readonly from?: string;
  /** The most events in a page. Synapse gives at most 1,000. */
  readonly limit: number;
  /** `federation` gives the signed events (PDUs) as servers exchange them. Synapse only. */
  readonly format: "client" | "federation";
  /** A room event filter (client-server API, "Filtering"). */
  readonly filter?: JsonObject;
}

export interface MessagesPage {
  /** Not looked at: `decodeEvent` reads those of the client format. */
  readonly events: readonly unknown[];
  /** Where the next page begins. Absent at the end of the history; an empty page with it is not the end. */
  readonly end?: string;
}

export interface EventReader {
  readMessages(room: RoomId, query: MessagesQuery): Promise<MessagesPage>;
  /** One event in client format, `undefined` where the bot may not see it or there is none. */
  getEvent(room: RoomId, event: EventId): Promise<RoomEvent | undefined>;
  /** Where the history after an event begins, for {@link MessagesQuery.from}; `undefined` as of `getEvent`. */
  placeAfter(room: RoomId, event: EventId): Promise<string | undefined>;
}

export interface Inviter {
  invite(room: RoomId, user: UserId, reason?: string): Promise<void>;
}

export interface Remover {
  /** Takes a person, or their invitation, out of the room. They can be invited again. */
  remove(room: RoomId, user: UserId, reason: string): Promise<void>;
}

export interface Unbanner {
  /** Lifts a ban, so that the person can be invited again. */
  unban(room: RoomId, user: UserId): Promise<void>;
}

export interface Joiner {
  join(room: RoomId | RoomAlias): Promise<RoomId>;
  leave(room: RoomId, reason?: string): Promise<void>;
}

export interface RoomLister {
  /** Every room that the bot is in. */
  joinedRooms(): Promise<readonly RoomId[]>;
}

export interface InvitationLister {
  /**
   * The rooms that the bot is invited to and has neither joined nor refused. A homeserver refuses it to a bot that
   * is the sender of its registration, Synapse as a fault of its own (`server`, 500). It looks through every room
   * the bot is in, which takes Synapse about a millisecond each.
   */
  pendingInvitations(): Promise<readonly RoomId[]>;
}

export interface Redactor {
  /** Blanks an event. Repeated with the same transaction id it makes no second redaction. */
  redact(room: RoomId, event: EventId, txnId: string, reason: string): Promise<EventId>;
}

export interface Uploader {
  upload(bytes: Uint8Array, contentType: string, filename: string): Promise<MediaUri>;
}

export interface Download {
  /**
   * The file as it comes in; cancel it, or read it to its end. Its errors are `HomeserverError`s too;
   * `refused` with `M_TOO_LARGE` where it grows beyond the limit.
   */
  readonly bytes: ReadableStream<Uint8Array>;
  /** As the sender claimed. Not to be trusted. */
  readonly contentType: string;
}

export interface Downloader {
  /** A file of at most `maxBytes` bytes. A larger one is refused with `M_TOO_LARGE`. */
  download(media: MediaUri, limits: { readonly maxBytes: number }): Promise<Download>;
}

export interface ProfileReader {
  /** The name a person gave themselves, `undefined` where they gave none. Any text: never trust it as an id. */
  displayName(user: UserId): Promise<string | undefined>;
}

export interface RoomVersions {
  /** The version of rooms made without naming one. */
  readonly usual: string;
  /** Every version the homeserver can make. */
  readonly available: ReadonlyMap<string, "stable" | "unstable">;
}

export interface Greeter {
  /**
   * Rejects with a `HomeserverError` where something else is spoken at the homeserver's address than that says, such
   * as plain HTTP where it begins with `https`. Resolves in all other cases, also where nobody answers.
   */
  greet(): Promise<void>;
}

export interface ServerInfo {
  /** The versions of the specification the homeserver speaks, such as `v1.11`. Needs no token. */
  versions(): Promise<readonly string[]>;
  roomVersions(): Promise<RoomVersions>;
  /** The signed key document of the homeserver, `undefined` where this listener does not serve it. */
  serverKeys(): Promise<JsonObject | undefined>;
  /**
   * How far the homeserver's clock is ahead of this machine's, in milliseconds, to about a second; `undefined`
   * where it tells no time. Needs no token.
   */
  clockAhead(): Promise<number | undefined>;
}

export interface Registrar {
  /** Makes the bot's account where there is none. */
  registerBot(): Promise<void>;
  /** Makes the bot's device, without which nothing can be sent exactly once, where there is none. */
  makeDevice(displayName: string): Promise<void>;
}

export interface Pinger {
  /**
   * Has the homeserver ping the intake, and gives how long that took, in milliseconds. Refused, or `server`
   * with the homeserver's reason, where the homeserver could not. Also ends the wait of a homeserver that
   * has put off its next try (Synapse); `delivering` where it was just bringing what it had held back. `unsupported`
   * on homeservers from before Matrix 1.7.
   */
  ping(appserviceId: string, transactionId: string): Promise<number | "delivering" | "unsupported">;
}

/** Everything at once: what `createHomeserver` gives, for the composition root to hand out in parts. */
export interface Homeserver
  extends RoomCreator,
    AliasResolver,
    AliasRemover,
    MessageSender,
    StateWriter,
    StateReader,
    EventReader,
    Inviter,
    Remover,
    Unbanner,
    Joiner,
    RoomLister,
    InvitationLister,
    Redactor,
    Uploader,
    Downloader,
    ProfileReader,
    ServerInfo,
    Greeter,
    Registrar,
    Pinger {}
