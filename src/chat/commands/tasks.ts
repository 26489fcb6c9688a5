import { type Command, inside, wanting } from "../command.ts";
import { number } from "../parameters/number.ts";
import { owner, task } from "../parameters/task.ts";
import { optionalText, text } from "../parameters/text.ts";

/** The commands about what is to be done, and by whom. */
export const taskCommands: readonly Command[] = [
  wanting(
    "add-task",
    {
      name: "task",
      group: "tasks",
      where: inside,
      summary: "gives one person something to do, or whoever holds a role",
      example: "task @bob due 10m compare the queue depth",
    },
    { task: task() },
    ({ task: given }) => ("task" in given ? { type: "give-task", ...given } : { type: "add-task", ...given }),
  ),
  wanting(
    "give-task",
    {
      name: "give",
      group: "tasks",
      where: inside,
      summary: "passes a task on: its owner does, or commander or deputy",
      example: "give 3 @carol",
    },
    { task: number("task"), owner: owner() },
    (given) => ({ type: "give-task", ...given }),
  ),
  wanting(
    "finish-task",
    {
      name: "done",
      group: "tasks",
      where: inside,
      summary: "says that a task is done",
      example: "done 3 the queue is empty",
    },
    { task: number("task"), text: optionalText("text") },
    (given) => ({ type: "finish-task", ...given }),
  ),
  wanting(
    "drop-task",
    {
      name: "drop",
      group: "tasks",
      where: inside,
      summary: "says why a task is not done: its owner does, or commander or deputy",
      example: "drop 3 not needed after the rollback",
    },
    { task: number("task"), reason: text("reason") },
    (given) => ({ type: "drop-task", ...given }),
  ),
];
