import type { Context, Decision } from "./decision.ts";
import type { Fact } from "./fact.ts";
import type { Owner } from "./facts/work.ts";
import type { UserId } from "./ids.ts";
import { holders, type Incident, isOnRoster, type Task } from "./incident.ts";
import type { Intent } from "./intent.ts";
import { isEntitled } from "./permissions.ts";
import { isPlain, type Policy } from "./policy.ts";
import type { Refusal } from "./refusal.ts";

type IntentTo<T extends Intent["type"]> = Extract<Intent, { readonly type: T }>;

/** Gives somebody something to do: exactly one person, or the one holder of a role. */
export function addTask(incident: Incident, intent: IntentTo<"add-task">, { policy }: Context): Decision {
  const { owner, text, dueAt } = intent;
  const due = dueAt === undefined ? {} : { dueAt };
  return isNoOwner(incident, owner, policy) ?? [{ type: "task-added", data: { text, owner, ...due } }];
}

/** Why nobody in particular would do it. */
function isNoOwner(incident: Incident, owner: Owner, policy: Policy): Refusal | undefined {
  if ("user" in owner) {
    return isOnRoster(incident, owner.user) ? undefined : { refused: "not-there", user: owner.user };
  }
  const { role } = owner;
  if (!policy.roles.has(role)) return { refused: "unknown-role", role };
  const held = holders(incident, role);
  return isPlain(role) || held.length > 1 ? { refused: "several-owners", role, holders: held } : undefined;
}

export function giveTask(incident: Incident, intent: IntentTo<"give-task">, context: Context): Decision {
  const { task: number, owner } = intent;
  const task = openTask(incident, number);
  if ("refused" in task) return task;
  return (
    isNotTheirs(incident, task, context) ??
    isNoOwner(incident, owner, context.policy) ?? [{ type: "task-given", data: { task: number, owner } }]
  );
}

export function acknowledgeTask(incident: Incident, number: number, user: UserId): Decision {
  const task = openTask(incident, number);
  if ("refused" in task) return task;
  if (!ownersOf(incident, task).includes(user))
    return { refused: "not-owner", task: number, owner: task.owner };
  if (task.acknowledgedAt !== undefined) return [];
  return [{ type: "task-acknowledged", data: { task: number, user } }];
}

/** Whoever did it says so; whose task it was does not matter then. */
export function finishTask(incident: Incident, number: number, text: string | undefined): Decision {
  const task = openTask(incident, number);
  if ("refused" in task) return task;
  return [{ type: "task-done", data: { task: number, ...(text === undefined ? {} : { text }) } }];
}

export function dropTask(incident: Incident, intent: IntentTo<"drop-task">, context: Context): Decision {
  const task = openTask(incident, intent.task);
  if ("refused" in task) return task;
  const dropped: Fact = { type: "task-dropped", data: { task: task.number, reason: intent.reason } };
  return isNotTheirs(incident, task, context) ?? [dropped];
}

function openTask(incident: Incident, number: number): Task | Refusal {
  const task = incident.tasks.find((each) => each.number === number);
  if (task === undefined) return { refused: "no-task", task: number, open: openTasks(incident) };
  return task.state === "open" ? task : { refused: "task-ended", task: number, state: task.state };
}

/** A task is passed on or dropped by its owner, or by whoever gives out roles. */
function isNotTheirs(incident: Incident, task: Task, { actor, policy }: Context): Refusal | undefined {
  const theirs =
    ownersOf(incident, task).includes(actor) || isEntitled(incident, "offer-role", actor, policy);
  return theirs ? undefined : { refused: "not-owner", task: task.number, owner: task.owner };
}

/** The people a task falls to now. */
export function ownersOf(incident: Incident, { owner }: Task): readonly UserId[] {
  if (owner === undefined) return [];
  return "user" in owner ? [owner.user] : holders(incident, owner.role);
}

/** The numbers of the tasks that are neither done nor dropped. */
export function openTasks(incident: Incident): readonly number[] {
  return incident.tasks.filter((task) => task.state === "open").map((task) => task.number);
}
