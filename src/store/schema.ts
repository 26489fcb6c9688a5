import type { Generated, Selectable } from "kysely";

/**
 * The tables. Columns have the same meaning and the same TypeScript type on SQLite and on PostgreSQL:
 * whole numbers, texts, and JSON kept as text. Times are milliseconds since the epoch, UTC.
 */
export interface Schema {
  installation: InstallationTable;
  inbox: InboxTable;
  incident: IncidentTable;
  member: MemberTable;
  heard: HeardTable;
  entry: EntryTable;
  outbox: OutboxTable;
  timer: TimerTable;
  room_state: RoomStateTable;
  own_write: OwnWriteTable;
  place: PlaceTable;
  roster: RosterTable;
  attachment: AttachmentTable;
  delivery: DeliveryTable;
  history: HistoryTable;
}

const known: Readonly<Record<keyof Schema, true>> = {
  installation: true,
  inbox: true,
  incident: true,
  member: true,
  heard: true,
  entry: true,
  outbox: true,
  timer: true,
  room_state: true,
  own_write: true,
  place: true,
  roster: true,
  attachment: true,
  delivery: true,
  history: true,
};

/** The names of all of them. */
export const tables: readonly string[] = Object.keys(known);

/** One row: what this installation is, from its first start on. */
export interface InstallationTable {
  id: number;
  /** Secret of this installation: room aliases are derived from it. Hexadecimal. */
  alias_key: string;
  next_incident: number;
  created_at: number;
  heartbeat_room: string | null;
  /** Grows with every start, so that no two heartbeats are the same. */
  heartbeats: Generated<number>;
  /** Where the administrators are told what they must know, while the bot is there. */
  administrators_room: string | null;
  /** How many events the homeserver never brought and were fetched, ever, and when last. */
  events_fetched: Generated<number>;
  fetched_at: number | null;
}

/** Every event that the homeserver brought, in the order of its arrival. */
export interface InboxTable {
  seq: Generated<number>;
  /** The event id, or `malformed:` and the SHA-256 of the text where there is none. */
  event_id: string;
  room_id: string | null;
  received_at: number;
  /** The event as it came; emptied once handled where the room is no incident's. */
  json: string;
  /** Null while it waits to be handled. */
  handled_at: number | null;
  failures: Generated<number>;
  /** Why it was set aside: malformed, or failed too often. */
  aside: string | null;
}

/** The incidents, with the fold of their journal beside it so that nobody needs to fold again. */
export interface IncidentTable {
  id: string;
  number: number;
  state: string;
  alias: string;
  room_id: string | null;
  /** The folded Incident as JSON: derived from `entry`, compared with it by `cordon doctor`. */
  folded: string;
  /** The version of the program's fold that made it. */
  fold_version: Generated<number>;
  head_seq: number;
  head_hash: string;
  /** Up to which entry the room of an archived incident is as it has to be. */
  kept_seq: Generated<number>;
  /** SHA-256 of the card as last put into the outbox. */
  card_hash: string | null;
  /** What its archive says and neither room nor journal knows, as JSON: kept when the archive is first made. */
  archive_setting: Generated<string | null>;
}

/** Who is on the roster of an incident: expected in its room, or there. Derived from its fold. */
export interface MemberTable {
  incident: string;
  user_id: string;
}

/** When somebody last wrote in an incident's room. */
export interface HeardTable {
  incident: string;
  user_id: string;
  at: number;
}

/** The journal: append-only, one chain per incident. */
export interface EntryTable {
  incident: string;
  seq: number;
  type: string;
  data: string;
  actor: string;
  actor_roles: string;
  event_at: number;
  recorded_at: number;
  cause: string;
  /** The how manieth entry of its cause: (incident, cause, part) is unique, so no cause acts twice. */
  part: number;
  prev_hash: string;
  hash: string;
  /** Of the words in `data`: null where there are none, and once they have been taken out. */
  salt: string | null;
  /** The digests of the words in `data`, as JSON; null where there are none. */
  digests: string | null;
}

/** Messages to be sent, in order per room, each with the name that makes sending it twice impossible. */
export interface OutboxTable {
  seq: Generated<number>;
  /** What this message is: `INC-0042/7/0`. Also its Matrix transaction id. */
  key: string;
  room_id: string;
  incident: string | null;
  type: string;
  content: string;
  /** The message that this one relates to, by its key: its event id is put in when it is known. */
  about: string | null;
  /** Not to be sent before. */
  not_before: Generated<number>;
  failures: Generated<number>;
  sent_at: number | null;
  event_id: string | null;
  /** Why the homeserver will never take it. */
  refused: string | null;
}

/** Moments at which an incident has to be looked at again. */
export interface TimerTable {
  incident: string;
  key: string;
  due_at: number;
  brings: string;
}

/** What is known of the state of the rooms that matter: own writes and what the homeserver brought. */
export interface RoomStateTable {
  room_id: string;
  type: string;
  state_key: string;
  content: string;
  sender: string;
}

/** State that the service wrote into incidents' rooms, until the homeserver has brought it back. */
export interface OwnWriteTable {
  seq: Generated<number>;
  room_id: string;
  type: string;
  state_key: string;
  content: string;
  /** The event it became, once the homeserver has said so. */
  event_id: string | null;
}

/** Rooms that are no incident's, in which people may type commands. */
export interface PlaceTable {
  room_id: string;
  kind: "direct" | "lobby";
  /** The person a direct chat is with. */
  user_id: string | null;
  /** When the bot came in. */
  since: Generated<number>;
}

/** The rooms whose members are eligible for roles; who they are is in `room_state`. */
export interface RosterTable {
  /** As the configuration names the room: its id or an alias. */
  name: string;
  room_id: string;
}

/** Files that were sent into incidents' rooms, fetched as soon as they were seen. */
export interface AttachmentTable {
  incident: string;
  /** The `mxc://` address. */
  uri: string;
  /** SHA-256 of the file, in hexadecimal, once it has been fetched. */
  sha256: string | null;
  bytes: number | null;
  /** Why there will never be a file. */
  missing: string | null;
  failures: Generated<number>;
  not_before: Generated<number>;
}

/** What is still to be done with archives that are made; a row goes once it is done. */
export interface DeliveryTable {
  incident: string;
  /** The archive's name. */
  name: string;
  /** Its digest. */
  digest: string;
  /** To put it into the second folder, or to remove it from the first or the second. */
  what: "copy" | "remove" | "remove-copy";
  failures: Generated<number>;
  not_before: Generated<number>;
  /** What kept it from being done, as it was told; null until it has been. */
  trouble: string | null;
}

/** The rooms whose history is read from time to time, since the homeserver may lose what it should bring. */
export interface HistoryTable {
  room_id: string;
  kind: "incident" | "place";
  /** Where to begin reading, as the homeserver names places in a history: some way before `reached`. */
  begin_at: string | null;
  /** Up to where nothing is missing. Null until the room has been read. */
  reached: string | null;
  /** When it is to be read again. */
  due_at: number;
  /** 1 where its state is to be compared, too. */
  doubtful: number;
  /** Why the homeserver does not let us read it. */
  refused: string | null;
}

export type IncidentRow = Selectable<IncidentTable>;
export type InboxRow = Selectable<InboxTable>;
export type OwnWriteRow = Selectable<OwnWriteTable>;
export type HistoryRow = Selectable<HistoryTable>;
export type EntryRow = Selectable<EntryTable>;
export type OutboxRow = Selectable<OutboxTable>;
export type TimerRow = Selectable<TimerTable>;
