import { type RoomName, readRoom } from "./names.ts";
import { readPattern, type UserPattern } from "./pattern.ts";
import type { Reading } from "./reading.ts";

/** Who may have a role: the users that a pattern means, or whoever is joined in a roster room. */
export type Eligible = UserPattern | RoomName;

/** How it is written, for messages and for the documentation. */
export const eligibleForm =
  'write a user id, a pattern or a room in quotes, such as "@alice:example.org", "@*:example.org" or "#oncall:example.org"';

/** A user pattern or a room, told apart by the sign that it begins with. */
export function readEligible(written: unknown): Reading<Eligible> {
  return typeof written === "string" && /^[!#]/.test(written) ? readRoom(written) : readPattern(written);
}
