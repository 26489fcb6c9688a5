import { type Context, type Decision, isRefusal } from "./decision.ts";
import { project } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import type { CancelReason } from "./facts/course.ts";
import type { IncidentId, UserId } from "./ids.ts";
import { holders, type Incident, isOnRoster, rolesOf, type State } from "./incident.ts";
import type { Intent } from "./intent.ts";
import { mayOpen, refuse, rolesThatMay } from "./permissions.ts";
import { baseRole, isPlain, type Policy, type RoleName, requiredRoles } from "./policy.ts";
import { correct, mark, record, stateImpact, unmark } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import {
  acceptRole,
  confirmRole,
  declineRole,
  handover,
  mayTake,
  offerRole,
  refuseRole,
  releaseRole,
  takeover,
  takeoverFrom,
  volunteer,
} from "./roles.ts";
import { settled } from "./settle.ts";
import type { Severity } from "./severity.ts";
import { acknowledgeTask, addTask, dropTask, finishTask, giveTask, openTasks } from "./work.ts";

/** The least that says why an incident is opened again, in characters. */
const leastReason = 10;

/**
 * Decides what becomes of an intent. Pure: the same arguments give the same decision. A refusal changes
 * nothing; facts are true from the moment the journal has them.
 *
 * @param incident the incident as it stands, `undefined` for `declare` and `report`
 */
export function decide(incident: Incident | undefined, intent: Intent, context: Context): Decision {
  const decision = decideAlone(incident, intent, context);
  return isRefusal(decision) ? decision : settled(incident, decision, context);
}

function decideAlone(incident: Incident | undefined, intent: Intent, context: Context): Decision {
  if (intent.type === "declare" || intent.type === "report") return open(intent, context);
  if (incident === undefined) return { refused: "unseen" };
  const refusal = refuse(incident, intent.type, context.actor, context.policy);
  if (refusal !== undefined) return withWayOut(incident, refusal, context);
  switch (intent.type) {
    case "activate":
      return activate(incident, intent, context);
    case "cancel":
      return cancel(incident, intent);
    case "enter":
      return enter(context, intent.reason);
    case "invite":
      return invite(incident, intent, context);
    case "remove":
      return remove(incident, intent.user, intent.reason, context);
    case "offer-role":
      return offerRole(incident, intent.role, intent.user, context);
    case "accept-role":
      return acceptRole(incident, intent.role, context);
    case "decline-role":
      return declineRole(incident, intent.role, context);
    case "volunteer":
      return volunteer(incident, intent.role, context);
    case "confirm-role":
      return confirmRole(incident, intent.role, intent.user, context);
    case "refuse-role":
      return refuseRole(incident, intent.role, intent.user);
    case "handover":
      return handover(incident, intent.role, intent.user, context);
    case "takeover":
      return takeover(incident, intent.role, intent.reason, context);
    case "release-role":
      return releaseRole(incident, intent.role, context);
    case "change-severity":
      return changeSeverity(incident, intent.to, intent.reason, context);
    case "change-title":
      return changeTitle(incident, intent.title);
    case "state-impact":
      return stateImpact(intent);
    case "update":
      return update(incident, intent.text, intent.nextMs, context);
    case "record":
      return record(incident, intent, context);
    case "correct":
      return correct(incident, intent, context);
    case "redact":
      return [{ type: "redaction-ordered", data: { message: intent.message, reason: intent.reason } }];
    case "mark":
      return mark(incident, intent, context.actor);
    case "unmark":
      return unmark(incident, intent, context.actor);
    case "add-task":
      return addTask(incident, intent, context);
    case "give-task":
      return giveTask(incident, intent, context);
    case "acknowledge-task":
      return acknowledgeTask(incident, intent.task, context.actor);
    case "finish-task":
      return finishTask(incident, intent.task, intent.text);
    case "drop-task":
      return dropTask(incident, intent, context);
    case "mitigate":
      return mitigate(incident, intent.how, context);
    case "relapse":
      return relapse(incident, intent.reason, context);
    case "close":
      return close(incident, intent.summary, intent.anyway, context.policy);
    case "reopen":
      return reopen(incident, intent.reason, context);
    case "archive":
      return [{ type: "archiving", data: {} }];
  }
}

/** Where only the commander may, and somebody could take command, the refusal says from when. */
function withWayOut(incident: Incident, refusal: Refusal, context: Context): Refusal {
  if (refusal.refused !== "not-entitled") return refusal;
  const [only, ...others] = rolesThatMay(refusal.intent, context.policy, incident.state);
  if (only !== "commander" || others.length > 0) return refusal;
  const from = takeoverFrom(incident, context);
  return from === undefined ? refusal : { ...refusal, takeoverFrom: from };
}

/** Opens an incident. Whoever cannot command stands in as deputy until somebody does. */
function open(intent: Extract<Intent, { type: "declare" | "report" }>, context: Context): Decision {
  const { actor, at, policy } = context;
  if (!mayOpen(intent.type, actor, policy)) return { refused: "may-not-declare" };
  const role = policy.mayHold("commander", actor) ? "commander" : "deputy";
  const { title } = intent;
  if (intent.type === "report") return [{ type: "reported", data: { title, role } }];
  const { severity, people } = intent;
  const next = nextUpdate(severity, at, policy);
  return [
    { type: "declared", data: { title, severity, role, ...next } },
    ...guests(people, context, () => true),
  ];
}

/** The people named with a declaration, as far as they may be in incidents; the others are named as such. */
function guests(
  people: readonly UserId[],
  { actor, policy }: Context,
  isMissing: (user: UserId) => boolean,
): readonly Fact[] {
  return [...new Set(people)]
    .filter((user) => user !== actor && isMissing(user))
    .map((user) =>
      policy.isMember(user)
        ? { type: "invited", data: { user, role: baseRole } }
        : { type: "invite-failed", data: { user, reason: "outside" } },
    );
}

function activate(
  incident: Incident,
  intent: Extract<Intent, { type: "activate" }>,
  context: Context,
): Decision {
  const severity = intent.severity ?? incident.severity;
  const next = nextUpdate(severity, context.at, context.policy);
  return [
    { type: "activated", data: { severity, ...next } },
    ...guests(intent.people, context, (user) => !isOnRoster(incident, user)),
  ];
}

function cancel(
  incident: Incident,
  { reason, of, text }: { readonly reason: CancelReason; readonly of?: IncidentId; readonly text?: string },
): Decision {
  if (of === incident.id) return { refused: "duplicate-of-itself" };
  const named = of === undefined ? {} : { of };
  return [{ type: "cancelled", data: { reason, ...named, ...(text === undefined ? {} : { text }) } }];
}

/** Break-glass: an administrator comes in, for a reason and in the open. */
function enter({ actor, policy }: Context, reason: string): Decision {
  if (!policy.isMember(actor)) return { refused: "outsider", user: actor };
  return [{ type: "entered", data: { user: actor, role: baseRole, reason } }];
}

/** Takes somebody out, and every role from them. Command is taken, not removed. */
function remove(incident: Incident, user: UserId, reason: string, { actor }: Context): Decision {
  if (!isOnRoster(incident, user)) return { refused: "not-there", user };
  if (user === actor || holders(incident, "commander").includes(user)) {
    return { refused: "not-to-be-removed", user };
  }
  return [{ type: "removed", data: { user, vacated: rolesOf(incident, user), reason } }];
}

/** When the next update is due, where a cadence is kept: it is slower once the harm has stopped. */
function nextUpdate(
  severity: Severity,
  at: number,
  policy: Policy,
  state: State = "active",
): { nextUpdateAt?: number } {
  // What is only reported is its reporter's alone: nobody waits for updates.
  if (state === "triage") return {};
  const cadence = state === "mitigated" ? policy.updateEveryMitigatedMs : policy.updateEveryMs;
  const every = cadence[severity === "unknown" ? "sev2" : severity];
  return every === undefined ? {} : { nextUpdateAt: at + every };
}

function mitigate(incident: Incident, how: string, { at, policy }: Context): Decision {
  return [{ type: "mitigated", data: { how, ...nextUpdate(incident.severity, at, policy, "mitigated") } }];
}

function relapse(incident: Incident, reason: string, { at, policy }: Context): Decision {
  return [{ type: "relapsed", data: { reason, ...nextUpdate(incident.severity, at, policy) } }];
}

function invite(incident: Incident, intent: Extract<Intent, { type: "invite" }>, context: Context): Decision {
  const { policy } = context;
  const { role = baseRole, reason } = intent;
  const users = [...new Set(intent.users)];
  if (!isPlain(role)) return inviteAs(incident, role, users, reason, context);
  for (const user of users) {
    const unfit = mayTake(incident, role, user, policy);
    if (unfit !== undefined) return unfit;
  }
  const absent = users.filter((user) => !isOnRoster(incident, user));
  const [first] = users;
  if (absent.length === 0 && first !== undefined) return { refused: "already-there", user: first };
  return absent.map((user) => ({ type: "invited", data: { user, role, ...because(reason) } }));
}

/** Invites people and asks them to take a role, one after the other, under the same rules as asking alone. */
function inviteAs(
  incident: Incident,
  role: RoleName,
  users: readonly UserId[],
  reason: string | undefined,
  context: Context,
): Decision {
  const refusal = refuse(incident, "offer-role", context.actor, context.policy);
  if (refusal !== undefined) return refusal;
  const facts: Fact[] = [];
  let soFar = incident;
  for (const user of users) {
    const asked = offerRole(soFar, role, user, context);
    if (isRefusal(asked)) return asked;
    facts.push(...asked);
    soFar = project(soFar, asked, context) ?? soFar;
  }
  return facts.map((fact) =>
    fact.type === "invited" ? { ...fact, data: { ...fact.data, ...because(reason) } } : fact,
  );
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

function changeSeverity(incident: Incident, to: Severity, reason: string, context: Context): Decision {
  const from = incident.severity;
  if (from === to) return { refused: "same-severity", severity: to };
  const next = nextUpdate(to, context.at, context.policy, incident.state);
  return [{ type: "severity-changed", data: { from, to, reason, ...next } }];
}

function changeTitle(incident: Incident, title: string): Decision {
  if (title === incident.title) return { refused: "same-title" };
  return [{ type: "title-changed", data: { from: incident.title, to: title } }];
}

function update(incident: Incident, text: string, nextMs: number | undefined, context: Context): Decision {
  const next =
    nextMs === undefined
      ? nextUpdate(incident.severity, context.at, context.policy, incident.state)
      : { nextUpdateAt: context.at + nextMs };
  return [{ type: "updated", data: { text, ...next } }];
}

function close(incident: Incident, summary: string, anyway: string | undefined, policy: Policy): Decision {
  const missing = requiredRoles(policy, incident.severity)
    .map((role) => role.name)
    .filter((role) => !incident.filled.includes(role));
  const tasks = openTasks(incident);
  if (anyway === undefined) {
    if (missing.length > 0) return { refused: "roles-missing", roles: missing };
    if (tasks.length > 0) return { refused: "tasks-open", tasks };
  }
  const waived = tasks.length === 0 ? {} : { tasks };
  return [
    { type: "over", data: { summary, missing, ...waived, ...(anyway === undefined ? {} : { anyway }) } },
  ];
}

function reopen(incident: Incident, reason: string, { at, policy }: Context): Decision {
  if (reason.trim().length < leastReason) return { refused: "reason-too-short", least: leastReason };
  return [{ type: "reopened", data: { reason, ...nextUpdate(incident.severity, at, policy) } }];
}
