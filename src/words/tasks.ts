import type { FactOf } from "../incident/fact.ts";
import { holders, type Incident, type Task } from "../incident/incident.ts";
import { ownersOf } from "../incident/work.ts";
import { gist } from "../text/excerpt.ts";
import { type Announcement, leadOf, notice, page } from "./announcement.ts";
import { code, firstThatFit, line, type Rich, type Span, strong } from "./rich.ts";
import { clock } from "./time.ts";
import { crowd, listed, people, type View } from "./view.ts";

/** Named on the card at most; the rest is asked for. */
const mostOnCard = 6;
/** And in any list. */
const mostListed = 40;
/** So many characters of each stand on the card. */
const mostOnCardOfOne = 100;

/** What is to be done, with what nobody has first. */
export function tasksWords(incident: Incident, view: View): Rich {
  const open = incident.tasks.filter((task) => task.state === "open");
  const ended = incident.tasks.length - open.length;
  if (open.length === 0) {
    const said = ended === 0 ? "There are no tasks." : "No task is open; all of them are done or dropped.";
    return [[said], line`To give somebody something: ${code(`${view.prefix} task @name <text>`)}`];
  }
  const free = open.filter((task) => task.owner === undefined);
  const owned = open.filter((task) => task.owner !== undefined);
  return [
    ...listOf([...free, ...owned], mostListed, (task) => taskLine(task, incident, view)),
    ...(free.length === 0
      ? []
      : [line`To give one away: ${code(`${view.prefix} task ${free[0]?.number} @name`)}`]),
    ...(owned.length === 0
      ? []
      : [line`When one is done: ${code(`${view.prefix} done ${owned[0]?.number}`)}`]),
  ];
}

/** `3 Bob, by 14:30 CET: compare the queue depth`. */
export function taskLine(task: Task, incident: Incident, view: View, most?: number): readonly Span[] {
  const due = task.dueAt === undefined ? "" : `, by ${clock(task.dueAt, view.timeZone)}`;
  const late = task.overdue === true ? " (overdue)" : "";
  return line`${task.number} ${ownerWords(task, incident, view)}${due}${late}: ${gist(task.text, most)}`;
}

/** The first of a list in lines, and how many more there are. */
function listOf(tasks: readonly Task[], most: number, tell: (task: Task) => Rich[number]): Rich {
  const lines = firstThatFit(tasks.slice(0, most).map(tell));
  const more = tasks.length - lines.length;
  return more === 0 ? lines : [...lines, [`and ${more} more`]];
}

function ownerWords(task: Task, incident: Incident, view: View): readonly Span[] {
  const { owner } = task;
  if (owner === undefined) return ["nobody"];
  const names = crowd(ownersOf(incident, task), view);
  if ("user" in owner) return names;
  return names.length === 0 ? [`${owner.role} (vacant)`] : line`${owner.role} ${names}`;
}

/** The line of the card, empty where nothing is to be done. */
export function openTasksLine(incident: Incident, view: View): Rich {
  const open = incident.tasks.filter((task) => task.state === "open");
  if (open.length === 0) return [];
  const more = open.length - mostOnCard;
  return [
    [strong("Open tasks")],
    ...open.slice(0, mostOnCard).map((task) => taskLine(task, incident, view, mostOnCardOfOne)),
    ...(more > 0 ? [line`and ${more} more: ${code(`${view.prefix} tasks`)}`] : []),
  ];
}

/** Asks the owner to acknowledge; of a role that nobody holds, commander and deputy hear it. */
export function askOwner(number: number, incident: Incident, view: View): Announcement | undefined {
  const task = incident.tasks.find((each) => each.number === number);
  if (task === undefined || task.acknowledgedAt !== undefined) return undefined;
  const owners = ownersOf(incident, task);
  const again = task.reminded === undefined ? "" : ", asked again";
  if (owners.length === 0) {
    const role = task.owner !== undefined && "role" in task.owner ? task.owner.role : "its role";
    return page(
      [
        line`Task ${task.number} waits for ${role}, which nobody is: ${code(`${view.prefix} give ${task.number} @name`)}`,
      ],
      leadOf(incident),
    );
  }
  const due = task.dueAt === undefined ? "" : ` by ${clock(task.dueAt, view.timeZone)}`;
  return {
    ...page(
      [
        line`${people(owners, view)}${again}: task ${task.number}${due}: ${gist(task.text)}`,
        line`✅ that you have it; when it is done: ${code(`${view.prefix} done ${task.number}`)}`,
      ],
      owners,
    ),
    controls: ["✅"],
    task: task.number,
  };
}

/** Whoever commands is told that an owner does not answer. */
export function ownerSilent(number: number, incident: Incident, view: View): Announcement | undefined {
  const task = incident.tasks.find((each) => each.number === number);
  if (task === undefined) return undefined;
  return page(
    [
      line`${ownerWords(task, incident, view)} has not acknowledged task ${number}: ${gist(task.text)}`,
      line`Somebody else: ${code(`${view.prefix} give ${number} @name`)}`,
    ],
    leadOf(incident),
  );
}

/** All that has become overdue, in one message to all whose it is. */
export function overdue(
  { tasks }: FactOf<"tasks-overdue">["data"],
  incident: Incident,
  view: View,
): Announcement {
  const late = incident.tasks.filter((task) => tasks.includes(task.number));
  const owners = [...new Set(late.flatMap((task) => ownersOf(incident, task)))];
  return page(
    [
      ["Overdue:"],
      ...listOf(
        late,
        mostListed,
        (task) => line`${task.number} ${ownerWords(task, incident, view)}: ${gist(task.text)}`,
      ),
      line`When one is done: ${code(`${view.prefix} done ${late[0]?.number}`)}`,
    ],
    owners.length === 0 ? leadOf(incident) : owners,
  );
}

/** Reminds of an update that is late. */
export function updateLate(
  { to }: FactOf<"update-reminded">["data"],
  incident: Incident,
  view: View,
): Announcement {
  const since =
    incident.nextUpdateAt === undefined ? "now" : `since ${clock(incident.nextUpdateAt, view.timeZone)}`;
  const how = line`To give it: ${code(`${view.prefix} update <text>`)}, or later: ${code(`${view.prefix} update <text> next 45m`)}`;
  if (to === "room") {
    return notice([[`An update has been due ${since}, and nobody has given it.`], how]);
  }
  const whom = holders(incident, to);
  return page([line`${people(whom, view)}: an update has been due ${since}.`, how], whom);
}

/** The numbers of tasks, as they are spoken of: `tasks 3 and 4`. */
export function taskNumbers(numbers: readonly number[]): string {
  return numbers.length === 1 ? `task ${numbers[0]}` : `tasks ${listed(numbers.map(String))}`;
}
