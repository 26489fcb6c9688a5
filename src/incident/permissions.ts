import type { UserId } from "./ids.ts";
import { holders, type Incident, rolesOf, type State } from "./incident.ts";
import type { IntentType } from "./intent.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Who may do something. `declarers`: those the configuration lets open an incident. `posters`: everyone
 * in the incident who may write in its room, which observers may not. `asked`: whoever was offered a role.
 * Otherwise the roles, by name.
 */
export type Who = "declarers" | "posters" | "asked" | readonly string[];

/** What an intent asks of its actor and of the incident's state. */
export interface Permission {
  readonly who: Who;
  /** The states in which it can be done; empty where there is no incident yet. */
  readonly states: readonly State[];
}

const running = ["triage", "active", "mitigated"] as const satisfies readonly State[];
const lead = ["commander", "deputy"] as const;

/**
 * The one table against which every intent is checked, whatever door it came through. What is not in it
 * is denied.
 */
export const permissions = {
  declare: { who: "declarers", states: [] },
  invite: { who: lead, states: running },
  "offer-role": { who: lead, states: running },
  "accept-role": { who: "asked", states: running },
  "decline-role": { who: "asked", states: running },
  "change-severity": { who: lead, states: running },
  update: { who: lead, states: running },
  note: { who: "posters", states: [...running, "over"] },
  mitigate: { who: lead, states: ["active"] },
  close: { who: ["commander"], states: ["active", "mitigated"] },
  archive: { who: ["commander"], states: ["over", "cancelled"] },
} as const satisfies Readonly<Record<IntentType, Permission>>;

/** Whether the person is entitled, whatever the state. */
export function isEntitled(incident: Incident, who: Who, user: UserId): boolean {
  const held = rolesOf(incident, user);
  if (who === "declarers") return false;
  if (who === "asked") {
    return incident.offers.some((offer) => offer.user === user) || isActing(incident, user);
  }
  if (who === "posters") return held.some((role) => role !== "observer");
  return held.some((role) => who.includes(role));
}

/** Whether the person holds a role only until somebody accepts it. */
export function isActing(incident: Incident, user: UserId): boolean {
  return Object.values(incident.roles).some((holdings) =>
    holdings.some((holding) => holding.user === user && holding.acting),
  );
}

/**
 * Checks an intent on an existing incident against the table: `undefined` where it may go on. Who is not
 * of the incident learns nothing about it, so that comes first; then the state, then the role.
 */
export function refuse(incident: Incident, intent: IntentType, user: UserId): Refusal | undefined {
  const standing = incident.people[user]?.standing;
  if (standing !== "wanted" && standing !== "joined") return { refused: "unseen" };
  if (incident.room?.unusable !== undefined) {
    return { refused: "room-unusable", reason: incident.room.unusable };
  }
  const permission: Permission = permissions[intent];
  if (incident.closing !== undefined) return { refused: "closing" };
  if (!permission.states.includes(incident.state)) {
    return { refused: "wrong-state", intent, state: incident.state };
  }
  if (permission.who === "asked" || isEntitled(incident, permission.who, user)) return undefined;
  const able = Array.isArray(permission.who)
    ? permission.who.flatMap((role: string) => holders(incident, role))
    : [];
  return { refused: "not-entitled", intent, who: permission.who, holders: [...new Set(able)] };
}
