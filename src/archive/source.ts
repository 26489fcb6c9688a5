import type { Entry } from "../incident/entry.ts";
import type { Incident } from "../incident/incident.ts";
import type { InSeverities } from "../incident/policy.ts";
import type { EventId, MediaUri, RoomAlias } from "../matrix/ids.ts";

/** A role as it was configured when the incident was archived. */
export interface ArchivedRole {
  readonly name: string;
  /** The power level of its holders in the room. */
  readonly level: number;
  readonly required: InSeverities;
}

/** One answer of `GET /rooms/{roomId}/messages`, backwards. */
export interface Page {
  /** Events in federation format, newest first, as the homeserver gave them. */
  readonly events: readonly unknown[];
  /** Where the next page begins. Absent on the last page, and only there: an empty page may have one. */
  readonly end?: string;
}

/** An event as a transaction brought it. */
export interface LiveEvent {
  /** The order of arrival. */
  readonly seq: number;
  /** The event in client format, as JSON. */
  readonly json: string;
}

/** An attachment that was fetched when its message arrived, or why there is none. */
export type Media =
  | { readonly path: string; readonly sha256: string; readonly bytes: number }
  | { readonly missing: string };

/** Everything an archive is made of. The archive asks, in this order of need; it writes nothing back. */
export interface ArchiveSource {
  readonly incident: Incident;
  readonly alias?: RoomAlias;
  /** The homeserver's name, the part of its user ids after the colon. */
  readonly serverName: string;
  /** The last event of the record. What the room holds after it is not part of the archive. */
  readonly seal?: EventId;
  readonly roles: readonly ArchivedRole[];
  /** The organisation's time zone, as an IANA name. */
  readonly timeZone: string;
  /** The incident's journal from its first entry. */
  journal(): AsyncIterable<Entry>;
  /** One page of the room's history, backwards. `from` is absent for the newest page. */
  page(from: string | undefined): Promise<Page>;
  /** What arrived live, in order of arrival. Asked twice, so it has to begin anew each time. */
  live(): AsyncIterable<LiveEvent>;
  /** The answer of `/_matrix/key/v2/server`, `undefined` where the homeserver gives none. */
  serverKeys(): Promise<unknown>;
  media(uri: MediaUri): Promise<Media>;
}

/** What is being done, for somebody who waits. */
export interface Progress {
  readonly step: "walking" | "proving" | "comparing" | "rendering" | "bundling";
  readonly done: number;
  readonly total?: number;
}
