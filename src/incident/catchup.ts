import type { Incident, Task, TimelineItem } from "./incident.ts";

/** What somebody needs to know who was not there, made from the journal alone: no chatter gets in. */
export interface CatchUp {
  readonly known: readonly TimelineItem[];
  readonly ruledOut: readonly TimelineItem[];
  readonly decided: readonly TimelineItem[];
  /** Open tasks that somebody has taken. */
  readonly doing: readonly Task[];
  /** Open tasks that nobody has. */
  readonly waiting: readonly Task[];
}

/** @param since only what was written from this moment on; open tasks are told in any case */
export function catchUp(incident: Incident, since = 0): CatchUp {
  const told = incident.timeline.filter((item) => isShown(item) && item.writtenAt >= since);
  const open = incident.tasks.filter((task) => task.state === "open");
  const of = (...kinds: readonly TimelineItem["kind"][]) =>
    told.filter((item) => kinds.includes(item.kind)).sort(byTime);
  return {
    known: of("fact"),
    ruledOut: of("ruledout"),
    decided: of("decision"),
    doing: open.filter((task) => task.owner !== undefined),
    waiting: open.filter((task) => task.owner === undefined),
  };
}

/** Whether a line has words to be shown. */
export function isShown(item: TimelineItem): boolean {
  return item.gone === undefined;
}

/** The order in which things happened; what happened at the same time, in the order of its writing. */
export function byTime(a: TimelineItem, b: TimelineItem): number {
  return a.at - b.at || a.number - b.number;
}

/** Whether there is anything that somebody who comes now would not know. */
export function hasPast(incident: Incident): boolean {
  return incident.timeline.some(isShown) || incident.tasks.some((task) => task.owner !== undefined);
}
