import type { UserId } from "./ids.ts";
import { holders, type Incident, isOnRoster, rolesOf, type State } from "./incident.ts";
import type { IntentType } from "./intent.ts";
import { mayPostLateLevel, mayPostLevel, type Policy, type RoleName } from "./policy.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Who is meant besides the holders of certain roles. `declarers`: those the configuration lets open an
 * incident. `members`: everyone in the incident. `posters`: those of them whose roles let them write in its
 * room as it stands. `asked`: whoever was asked to take a role, or holds one only until somebody accepts it.
 * `reporter`: who reported it, until it is declared. `administrators`: those of the configuration;
 * `entered`: those of them who let themselves in.
 */
export type Circle =
  | "declarers"
  | "members"
  | "posters"
  | "asked"
  | "reporter"
  | "administrators"
  | "entered";

/** What an intent asks of its actor and of the incident's state. */
export interface Permission {
  /** The roles that may, unless the configuration gives a role rights of its own. */
  readonly roles: readonly RoleName[];
  readonly also: readonly Circle[];
  /** The intent whose right, where the configuration gives a role rights, covers this one too. */
  readonly within?: IntentType;
  /** The states in which it can be done; empty where there is no incident yet. */
  readonly states: readonly State[];
  /** Who may instead once it is archived. Administrators then may from outside: nobody can enter any more. */
  readonly archived?: Entitled;
}
type Entitled = Pick<Permission, "roles" | "also">;

const running = ["triage", "active", "mitigated"] as const satisfies readonly State[];
const unarchived = [...running, "over", "cancelled"] as const satisfies readonly State[];
const lead = ["commander", "deputy"] as const;
const commander = ["commander"] as const;

/**
 * The one table against which every intent is checked, whatever door it came through. What is not in it
 * is denied.
 */
export const permissions = {
  report: { roles: [], also: ["declarers"], states: [] },
  declare: { roles: [], also: ["declarers"], states: [] },
  activate: { roles: [], also: ["declarers"], states: ["triage"] },
  cancel: { roles: commander, also: ["reporter"], states: ["triage", "active"] },
  enter: { roles: [], also: ["administrators"], states: unarchived },
  invite: { roles: lead, also: [], states: running },
  remove: { roles: lead, also: [], states: unarchived },
  "offer-role": { roles: lead, also: [], states: running },
  "accept-role": { roles: [], also: ["asked"], states: running },
  "decline-role": { roles: [], also: ["asked"], states: running },
  volunteer: { roles: [], also: ["members"], states: running },
  "confirm-role": { roles: lead, also: [], within: "offer-role", states: running },
  "refuse-role": { roles: lead, also: [], within: "offer-role", states: running },
  handover: { roles: [], also: ["members"], states: running },
  takeover: { roles: [], also: ["posters", "administrators"], states: running },
  "release-role": { roles: [], also: ["members"], states: running },
  "change-severity": { roles: lead, also: [], states: running },
  "change-title": { roles: lead, also: [], states: running },
  "state-impact": { roles: lead, also: [], states: running },
  update: { roles: lead, also: [], states: running },
  record: { roles: [], also: ["posters"], states: unarchived },
  correct: { roles: [...lead, "scribe"], also: [], states: unarchived },
  redact: {
    roles: ["commander", "scribe"],
    also: [],
    states: [...unarchived, "archived"],
    archived: { roles: [...lead, "scribe"], also: ["administrators"] },
  },
  mark: { roles: [], also: ["posters"], states: unarchived },
  unmark: { roles: [], also: ["posters"], states: unarchived },
  "add-task": { roles: [], also: ["posters"], states: running },
  "give-task": { roles: [], also: ["posters"], states: running },
  "acknowledge-task": { roles: [], also: ["members"], states: running },
  "finish-task": { roles: [], also: ["posters"], states: running },
  "drop-task": { roles: [], also: ["posters"], states: running },
  mitigate: { roles: lead, also: [], states: ["active"] },
  relapse: { roles: lead, also: [], states: ["mitigated"] },
  close: { roles: commander, also: ["entered"], states: ["active", "mitigated"] },
  reopen: { roles: lead, also: [], states: ["over"] },
  archive: { roles: commander, also: [], states: ["over", "cancelled"] },
} as const satisfies Readonly<Record<IntentType, Permission>>;

/** Whether somebody may open an incident in this way: there is none yet that they could be of. */
export function mayOpen(intent: "declare" | "report", user: UserId, policy: Policy): boolean {
  return permissionOf(intent).also.includes("declarers") && policy.mayDeclare(user);
}

/** Whether the person is entitled, whatever the state allows. */
export function isEntitled(incident: Incident, intent: IntentType, user: UserId, policy: Policy): boolean {
  const able = rolesThatMay(intent, policy, incident.state);
  return (
    rolesOf(incident, user).some((role) => able.includes(role)) ||
    entitledTo(intent, incident.state).also.some((circle) => isOf(circle, incident, user, policy))
  );
}

function isOf(circle: Circle, incident: Incident, user: UserId, policy: Policy): boolean {
  switch (circle) {
    case "declarers":
      return policy.mayDeclare(user);
    case "members":
      return isOnRoster(incident, user);
    case "posters":
      return levelOf(incident, user, policy) >= (isEnded(incident) ? mayPostLateLevel : mayPostLevel);
    case "asked":
      return incident.offers.some((offer) => offer.user === user) || isActing(incident, user);
    case "reporter":
      return incident.state === "triage" && incident.declaredBy === user;
    case "administrators":
      return policy.isAdministrator(user);
    case "entered":
      return incident.entered.includes(user) && policy.isAdministrator(user);
  }
}

function isEnded(incident: Incident): boolean {
  return incident.state === "over" || incident.state === "cancelled";
}

/** The power level that somebody's roles give: the highest of them. */
function levelOf(incident: Incident, user: UserId, policy: Policy): number {
  return Math.max(0, ...rolesOf(incident, user).map((role) => policy.roles.get(role)?.level ?? 0));
}

/** Whether the person holds a role, or the one that is meant, only until somebody accepts it. */
export function isActing(incident: Incident, user: UserId, role?: RoleName): boolean {
  return Object.entries(incident.roles).some(
    ([name, holdings]) =>
      (role ?? name) === name && holdings.some((holding) => holding.user === user && holding.acting),
  );
}

/**
 * Checks an intent on an existing incident against the table: `undefined` where it may go on. Who is not
 * of the incident learns nothing about it, so that comes first; then the state, then the role.
 */
export function refuse(
  incident: Incident,
  intent: IntentType,
  user: UserId,
  policy: Policy,
): Refusal | undefined {
  const unseen = refuseUnseen(incident, intent, user, policy);
  if (unseen !== undefined) return unseen;
  if (incident.room?.unusable !== undefined) {
    return { refused: "room-unusable", reason: incident.room.unusable };
  }
  const permission = permissionOf(intent);
  if (incident.closing !== undefined && incident.state !== "archived") return { refused: "closing" };
  if (!permission.states.includes(incident.state)) {
    return { refused: "wrong-state", intent, state: incident.state };
  }
  // Whoever was not asked is told just that, by the decision itself.
  if (permission.also.includes("asked") || isEntitled(incident, intent, user, policy)) return undefined;
  const roles = rolesThatMay(intent, policy, incident.state);
  const able = roles.flatMap((role) => holders(incident, role));
  return { refused: "not-entitled", intent, roles, holders: [...new Set(able)] };
}

/**
 * Who is not of the incident does not see it. Administrators do, and have to enter before anything else, as
 * long as that can be done.
 */
function refuseUnseen(
  incident: Incident,
  intent: IntentType,
  user: UserId,
  policy: Policy,
): Refusal | undefined {
  if (isOnRoster(incident, user)) {
    return intent === "enter" ? { refused: "already-there", user } : undefined;
  }
  if (!policy.isAdministrator(user)) return { refused: "unseen" };
  const fromOutside =
    intent === "enter" ||
    (incident.state === "archived" && permissionOf(intent).archived?.also.includes("administrators"));
  return fromOutside ? undefined : { refused: "enter-first" };
}

/** The line of the table. */
export function permissionOf(intent: IntentType): Permission {
  return permissions[intent];
}

/** Whom the table entitles in a state. */
export function entitledTo(intent: IntentType, state: State | undefined): Entitled {
  const permission = permissionOf(intent);
  return (state === "archived" ? permission.archived : undefined) ?? permission;
}

/** The names of the roles that may in a state, the configuration included. */
export function rolesThatMay(intent: IntentType, policy: Policy, state: State): readonly RoleName[] {
  const { within = intent } = permissionOf(intent);
  const { roles } = entitledTo(intent, state);
  return [...policy.roles.values()]
    .filter(({ name, rights }) => rights?.includes(within) ?? roles.includes(name))
    .map(({ name }) => name);
}
