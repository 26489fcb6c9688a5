import type { Readers } from "../archive/readers.ts";
import type { MediaTypePattern } from "../config/media-type.ts";
import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Policy } from "../incident/policy.ts";
import type { RoomAlias } from "../matrix/ids.ts";
import type { Homeserver } from "../matrix/ports.ts";
import { type SigningKey, writePublicKey } from "../proof/sshkey.ts";
import type { ArchiveKey } from "../room/plan.ts";
import type { Queries } from "../store/store.ts";
import type { Term } from "../store/term.ts";
import type { Health } from "./health.ts";
import type { InvitationFlood } from "./invitation-flood.ts";
import type { Locks } from "./locks.ts";
import type { Log } from "./log.ts";
import type { Meter } from "./metrics.ts";
import type { Rosters } from "./rosters.ts";
import type { TalkFlood } from "./talk-flood.ts";

/** Tells the workers that there is something for them. To ring too often is harmless. */
export interface Bells {
  inbox(room: string): void;
  outbox(room: string): void;
  incident(id: IncidentId): void;
  archive(id: IncidentId): void;
  attachments(id: IncidentId): void;
  timers(): void;
  histories(): void;
}

/** A room as the configuration names it. */
export type RoomName = RoomId | RoomAlias;

/** The rules of this installation as far as the workers need them. */
export interface Rules {
  readonly policy: Policy;
  readonly serverName: string;
  readonly prefixes: readonly string[];
  readonly timeZone: string;
  readonly roomVersion: string;
  readonly federate: boolean;
  readonly lobbies: readonly RoomName[];
  /** The rooms whose members are eligible for roles. */
  readonly rosters: readonly RoomName[];
  /** Where the administrators are told what they must know. */
  readonly administratorsRoom: RoomName | undefined;
  readonly archiveFolder: string;
  /** The second folder of archives, where there is one. */
  readonly archiveCopy: string | undefined;
  /** Who may read archives. */
  readonly archiveReaders: Readers;
  /** What becomes of an archive that another takes the place of. */
  readonly superseded: "remove" | "keep";
  /** How long nothing may have been removed from a room before its archive is made anew, in milliseconds. */
  readonly reviseAfterMs: number;
  readonly maxAttachmentBytes: number;
  /** Types of attachments that are not kept. */
  readonly deniedTypes: readonly MediaTypePattern[];
  /** How long a command may have waited for the service to be run without asking, in milliseconds. */
  readonly staleAfterMs: number;
}

/** What every worker of the service works with. Made once, in `app.ts`. */
export interface Service {
  /** The term in which this service leads. */
  readonly term: Pick<Term, "number" | "confirm">;
  readonly db: Queries;
  readonly homeserver: Homeserver;
  readonly bot: UserId;
  readonly rules: Rules;
  /** Secret of this installation, from which room aliases are derived. */
  readonly aliasKey: Buffer;
  /** The key that signs archives. */
  readonly signingKey: SigningKey;
  readonly locks: Locks;
  readonly rosters: Rosters;
  readonly invitations: InvitationFlood;
  readonly floods: TalkFlood;
  readonly meter: Meter;
  readonly health: Health;
  readonly log: Log;
  readonly bells: Bells;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Only while something is done again that a service whose database is lost had done: then nothing is said. */
  readonly replay?: Replay;
}

/** What doing something again has besides the time at which it was done. */
export interface Replay {
  /** The present, in milliseconds since the epoch. */
  now(): number;
  /** The number that the incident got which is opened by it. */
  readonly opens?: IncidentId;
}

/** Now, for what the service sees. */
export function momentOf(service: Service): { readonly at: number; readonly policy: Policy } {
  return { at: service.now(), policy: service.rules.policy };
}

/** The public half of the key that signs archives, as rooms name it. */
export function archiveKeyOf({ signingKey: { publicKey } }: Pick<Service, "signingKey">): ArchiveKey {
  return { fingerprint: publicKey.fingerprint, publicKey: writePublicKey(publicKey) };
}

/** The full alias of the room whose alias has this localpart. */
export function fullAlias(
  service: { readonly rules: Pick<Rules, "serverName"> },
  localpart: string,
): `#${string}:${string}` {
  return `#${localpart}:${service.rules.serverName}`;
}

/**
 * What the messages about an incident's entries are named after in the outbox: its id. Once an older journal was
 * put in place, the same numbers mean other entries, and it is another name.
 */
export function nameInOutbox({ id, restored }: Incident): string {
  return restored === undefined ? id : `${id}~${restored.name}`;
}

/** The name of an incident's card in the outbox. */
export function cardKey(id: IncidentId): string {
  return `${id}/card`;
}

/** The name in the outbox of the brief that a handover waits for. */
export function briefKey(
  id: IncidentId,
  { role, user, at }: { readonly role: string; readonly user: UserId; readonly at: number },
): string {
  return `${id}/brief/${role}/${user}/${at}`;
}

/** In the content of every message of the bot: its name in the outbox, by which it is known again. */
export const messageKey = "org.cordon.message";

/** In the content of a message of the bot that asks something: what a reaction under it answers. */
export const questionKey = "org.cordon.question";

/** In the outbox: the removal of a message, with `redacts` and `reason` as its content. */
export const redactionType = "m.room.redaction";

/** The name of an incident's seal in the outbox. */
export function sealKey(id: IncidentId): string {
  return `${id}/seal`;
}

/** The event that ends an incident's record: everything proven lies before it. */
export const sealType = "org.cordon.seal";

/** A room id as the database gives it back. */
export function asRoom(room: string): RoomId {
  if (!room.startsWith("!")) throw new Error(`${room} is no room id`);
  return room as RoomId;
}
