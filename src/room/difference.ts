import { isDeepStrictEqual } from "node:util";
import type { UserId } from "../incident/ids.ts";
import type { DesiredRoom, DesiredState } from "./plan.ts";

/** A piece of the room's state as it is. */
export interface ActualState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What has to be written so that the room is as planned. */
export interface Difference {
  readonly write: readonly DesiredState[];
  readonly invite: readonly UserId[];
  readonly remove: readonly UserId[];
}

/** Compares the room as it has to be with the room as it is known to be. */
export function difference(plan: DesiredRoom, actual: readonly ActualState[]): Difference {
  const known = new Map(actual.map((state) => [keyOf(state), state.content]));
  const membership = new Map(
    actual
      .filter((state) => state.type === "m.room.member")
      .map((state) => [state.stateKey as UserId, state.content.membership]),
  );
  const present = [...membership].filter(([, is]) => is === "join" || is === "invite" || is === "knock");
  return {
    write: plan.state.filter((desired) => !isAsPlanned(desired, known.get(keyOf(desired)))),
    invite: plan.invited.filter((user) => !["join", "invite"].includes(String(membership.get(user)))),
    remove: present.map(([user]) => user).filter((user) => !plan.isWelcome(user)),
  };
}

/** Whether a piece of state is as planned. Homeservers add an `m.topic` block to a topic: that is fine. */
export function isAsPlanned(
  desired: DesiredState,
  actual: Readonly<Record<string, unknown>> | undefined,
): boolean {
  if (actual === undefined) return false;
  if (desired.type === "m.room.topic") return actual.topic === desired.content.topic;
  return isDeepStrictEqual(actual, desired.content);
}

function keyOf(state: { readonly type: string; readonly stateKey: string }): string {
  return `${state.type}\u0000${state.stateKey}`;
}

/** How a kind of state is called when somebody changed it. */
export function stateName(type: string): string {
  return names[type] ?? type;
}

const names: Readonly<Record<string, string>> = {
  "m.room.power_levels": "power levels",
  "m.room.join_rules": "join rule",
  "m.room.history_visibility": "history visibility",
  "m.room.guest_access": "guest access",
  "m.room.canonical_alias": "main address",
  "m.room.name": "name",
  "m.room.topic": "topic",
  "m.room.pinned_events": "pinned messages",
  "org.cordon.role": "published roles",
};
