import type { Actor } from "../entry.ts";
import type { Owner } from "../facts/work.ts";
import type { Incident, Task } from "../incident.ts";
import type { Evolvers } from "./evolver.ts";

/** The tasks of an incident, and the rhythm of its updates. */
export const work = {
  "playbook-started": (incident, { data, eventAt, seq }) =>
    data.items.reduce<Incident>(
      (all, text) => withTask(all, { text, addedAt: eventAt, seq, state: "open", playbook: data.name }),
      { ...incident, playbooks: { ...incident.playbooks, [data.name]: data.version } },
    ),
  "task-added": (incident, { data, eventAt, seq, actor }) => {
    const asked = { ...data, addedAt: eventAt, askedAt: eventAt, seq, state: "open" } as const;
    return withTask(incident, isOwn(data.owner, actor) ? { ...asked, acknowledgedAt: eventAt } : asked);
  },
  "task-given": (incident, { data, eventAt, actor }) =>
    changeTask(incident, data.task, ({ acknowledgedAt: _, reminded: __, ...task }) => ({
      ...task,
      owner: data.owner,
      askedAt: eventAt,
      ...(isOwn(data.owner, actor) ? { acknowledgedAt: eventAt } : {}),
    })),
  "task-acknowledged": (incident, { data, eventAt }) =>
    changeTask(incident, data.task, (task) => ({ ...task, acknowledgedAt: eventAt })),
  "task-reminded": (incident, { data, eventAt }) =>
    changeTask(incident, data.task, (task) => ({ ...task, reminded: "owner", askedAt: eventAt })),
  "task-unanswered": (incident, { data }) =>
    changeTask(incident, data.task, (task) => ({ ...task, reminded: "commander" })),
  "tasks-overdue": (incident, { data }) =>
    data.tasks.reduce<Incident>(
      (all, number) => changeTask(all, number, (task) => ({ ...task, overdue: true })),
      incident,
    ),
  "task-done": (incident, { data, eventAt, actor }) =>
    changeTask(incident, data.task, (task) => ({
      ...task,
      state: "done",
      ended: { at: eventAt, by: actor, ...(data.text === undefined ? {} : { text: data.text }) },
    })),
  "task-dropped": (incident, { data, eventAt, actor }) =>
    changeTask(incident, data.task, (task) => ({
      ...task,
      state: "dropped",
      ended: { at: eventAt, by: actor, text: data.reason },
    })),
  "update-reminded": (incident, { data, eventAt }) => ({
    ...incident,
    updateReminded: { to: data.to, at: eventAt },
  }),
} satisfies Partial<Evolvers>;

/** Nobody needs to acknowledge what they took upon themselves. */
function isOwn(owner: Owner, actor: Actor): boolean {
  return "user" in owner && owner.user === actor;
}

function withTask(incident: Incident, task: Omit<Task, "number">): Incident {
  const number = incident.tasks.length + 1;
  return { ...incident, tasks: [...incident.tasks, { number, ...task }] };
}

function changeTask(incident: Incident, number: number, change: (task: Task) => Task): Incident {
  return {
    ...incident,
    tasks: incident.tasks.map((task) => (task.number === number ? change(task) : task)),
  };
}
