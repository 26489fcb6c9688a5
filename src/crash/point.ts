/**
 * The places on the way of the data between one thing that lasts and the next, in the order in which an
 * incident comes by them. Whatever dies at one of them, nothing may be lost and nothing done twice.
 */
export const crashPoints = [
  /** A step of a migration has been taken, and its transaction is open. */
  "migration/step",
  /** A transaction of the homeserver's has come, and nothing of it is kept. */
  "intake/arrived",
  /** It is kept, and not yet acknowledged. */
  "intake/kept",
  /** An event is about to be handled. */
  "inbox/taken",
  /** An incident's number has been taken, and its first entries written, in an open transaction. */
  "incident/opening",
  /** A change is written, and its transaction is open. */
  "change/written",
  /** It is on the disk, and nobody has been told to go on from it. */
  "change/kept",
  /** The homeserver has made a room, and the journal does not know it. */
  "room/made",
  /** The journal knows it, and nobody has been invited. */
  "room/known",
  /** Somebody has been invited, which is not noted. */
  "room/invited",
  /** A write of state is announced, and has not been made. */
  "state/announced",
  /** The homeserver has it, which is not noted. */
  "state/written",
  /** It is noted, and what is known of the room is still the former. */
  "state/confirmed",
  /** A message is about to leave. */
  "outbox/leaving",
  /** The homeserver has it, which is not noted. */
  "outbox/sent",
  /** It is noted, and what waited for it has not been told. */
  "outbox/noted",
  /** A timer has come due. */
  "timer/due",
  /** An attachment lies in the store, which is not noted. */
  "attachment/fetched",
  /** The seal is in the outbox. */
  "archive/sealing",
  /** The seal is in the room, which the journal does not know. */
  "archive/sealed",
  /** A page of the room's history has been kept. */
  "archive/page",
  /** All of it has been kept. */
  "archive/walked",
  /** The events are proven, and nothing has been made of them. */
  "archive/proven",
  /** The folder is whole, and there is no zip. */
  "archive/filled",
  /** Both are whole, and not in their place. */
  "archive/bundled",
  /** Both are in their place, and the journal does not know it. */
  "archive/placed",
  /** The homeserver has the report, and nobody knows where. */
  "archive/uploaded",
  /** The journal knows that the incident is archived. */
  "archive/told",
] as const;

/** Places on the way of a database from one version to the next, by which an incident does not come. */
export const upgradePoints = [
  /** A copy of the database is being made, and is not whole. */
  "upgrade/copying",
  /** It lies in its place, and the database is as it was. */
  "upgrade/copied",
] as const;

export type CrashPoint = (typeof crashPoints)[number] | (typeof upgradePoints)[number];

/**
 * Marks such a place, and does nothing. The tests of power cuts load a module in the place of this one, which
 * ends the process where an environment variable says so; a service as it is shipped knows no such variable.
 */
export function crashPoint(_at: CrashPoint): void {}
