/**
 * The names the core knows things by. They have the same shapes as Matrix identifiers, so that they pass
 * between the core and the rest without conversion, but the core does not import anything from outside.
 */

/** An incident, `INC-0042`: the number padded to four digits, growing beyond them. */
export type IncidentId = `INC-${string}`;
/** A person, by Matrix user id. */
export type UserId = `@${string}:${string}`;
/** A Matrix room. */
export type RoomId = `!${string}`;
/** A Matrix event. */
export type EventId = `$${string}`;

const written = /^INC-?0*([1-9][0-9]{0,8})$/i;

/** The id of the incident with this number, counted from 1. */
export function incidentId(number: number): IncidentId {
  return `INC-${String(number).padStart(4, "0")}`;
}

/**
 * What a person typed as an incident id, forgiving case, the dash and leading zeros:
 * `inc42`, `INC-42` and `INC-0042` are the same. `undefined` where it is no incident id.
 */
export function parseIncidentId(text: string): IncidentId | undefined {
  const digits = written.exec(text.trim())?.[1];
  return digits === undefined ? undefined : incidentId(Number(digits));
}
