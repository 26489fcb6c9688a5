import { isDeepStrictEqual } from "node:util";
import type { ActualState, DesiredState } from "./plan.ts";

/**
 * State that has no place in the plan and is nobody's drift: what makes the room, who is in it or in a call,
 * its encryption, which nothing undoes, and pins from before there is a card.
 */
const leftAlone: ReadonlySet<string> = new Set([
  "m.room.create",
  "m.room.member",
  "m.room.encryption",
  "m.room.pinned_events",
  "m.call.member",
  "org.matrix.msc3401.call.member",
]);

/** Content that says nothing, where it is not the empty one: an empty access list would shut everyone out. */
const saysNothing: Readonly<Record<string, DesiredState["content"]>> = {
  "m.room.server_acl": { allow: ["*"], deny: [], allow_ip_literals: true },
};

/** How a piece of state is undone: written over with content that says nothing, or its event redacted. */
export type Undoing = { readonly write: DesiredState } | { readonly redact: ActualState };

/** What has to be done about a piece of state that the plan does not know; `undefined` where nothing has. */
export function undoing(foreign: ActualState): Undoing | undefined {
  const { type, stateKey, content } = foreign;
  if (leftAlone.has(type) || Object.keys(content).length === 0) return undefined;
  if (!isOverwritable(foreign)) return { redact: foreign };
  const nothing = saysNothing[type] ?? {};
  return isDeepStrictEqual(content, nothing) ? undefined : { write: { type, stateKey, content: nothing } };
}

/** A tombstone must name a room, and what is kept under somebody's user id is theirs (authorization rules). */
function isOverwritable({ type, stateKey }: ActualState): boolean {
  return type !== "m.room.tombstone" && !stateKey.startsWith("@");
}
