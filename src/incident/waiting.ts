import { type Concerned, updateConcerns } from "./facts/work.ts";
import { holders, type Incident, type Task } from "./incident.ts";

/** Who is to be reminded next of an update that is late: who is not there is passed over, and nobody asked twice. */
export function nextToRemind(incident: Incident): Concerned | undefined {
  const last = incident.updateReminded?.to;
  const left = last === undefined ? updateConcerns : updateConcerns.slice(updateConcerns.indexOf(last) + 1);
  return left.find((to) => to === "room" || holders(incident, to).length > 0);
}

/** Whether somebody was asked to do a task, has not acknowledged it, and may still be reminded of that. */
export function isUnacknowledged(task: Task): boolean {
  return (
    task.state === "open" &&
    task.owner !== undefined &&
    task.acknowledgedAt === undefined &&
    task.reminded !== "commander"
  );
}

export function isOverdue(task: Task, at: number): boolean {
  return task.state === "open" && task.dueAt !== undefined && task.dueAt <= at;
}
