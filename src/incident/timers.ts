import { awaitsBrief, type Incident, isRunning } from "./incident.ts";
import type { Observation } from "./intent.ts";
import { contestedMs, heldMs, type Policy } from "./policy.ts";
import { isUnacknowledged, nextToRemind } from "./waiting.ts";

/** A brief that cannot be given, as while the homeserver is away, is waited for so many times as long. */
const briefWithin = 12;

/** A moment at which an incident has to be looked at again. */
export interface Timer {
  /** Unique within the incident, and stable: the same wait has the same key. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** What the service observes when the moment has come. */
  readonly brings: Observation;
}

/**
 * The timers an incident needs as it stands: computed whole after every change, so that none is forgotten
 * and none survives its reason. Each begins at the last thing that was said about its matter, so that after
 * an outage one reminder follows, and not all those that were missed.
 */
export function timersOf(incident: Incident, policy: Policy): readonly Timer[] {
  return [
    ...offerTimers(incident, policy),
    ...vacancyTimers(incident, policy),
    ...updateTimers(incident, policy),
    ...taskTimers(incident, policy),
    ...heldTimers(incident),
    ...graceTimers(incident, policy),
    ...contestTimers(incident),
  ];
}

function offerTimers(incident: Incident, policy: Policy): readonly Timer[] {
  return incident.offers.map((offer) => {
    const { role, user, at, reminded } = offer;
    const rounds = awaitsBrief(offer) ? briefWithin : 1;
    return {
      key: `offer/${role}/${user}/${at}/${reminded ? 2 : 1}`,
      dueAt: at + policy.acceptWithinMs * rounds,
      brings: { type: "offer-due", role, user },
    };
  });
}

/** Nobody is reminded of a role while somebody is being asked to take it. */
function vacancyTimers(incident: Incident, policy: Policy): readonly Timer[] {
  return Object.entries(incident.vacancies)
    .filter(([, vacancy]) => !vacancy.reported)
    .map(([role, { reminders, lastAt }]) => {
      const asked = incident.offers.filter((offer) => offer.role === role);
      const answered = asked.map(({ at, reminded }) => at + policy.acceptWithinMs * (reminded ? 1 : 2));
      const wait = reminders === 0 ? policy.vacancyFirstMs : policy.vacancyAgainMs;
      const dueAt = Math.max(lastAt + wait, ...answered);
      return { key: `vacancy/${role}/${reminders}/${dueAt}`, dueAt, brings: { type: "vacancy-due", role } };
    });
}

function updateTimers(incident: Incident, policy: Policy): readonly Timer[] {
  const { nextUpdateAt, updateReminded: last } = incident;
  const to = nextToRemind(incident);
  if (nextUpdateAt === undefined || to === undefined || !isRunning(incident)) return [];
  const dueAt = last === undefined ? nextUpdateAt : last.at + policy.remindAgainMs;
  return [{ key: `update/${to}/${dueAt}`, dueAt, brings: { type: "update-due" } }];
}

/** Owners who have to acknowledge, and the first moment at which something is overdue. */
function taskTimers(incident: Incident, policy: Policy): readonly Timer[] {
  if (!isRunning(incident)) return [];
  const answers = incident.tasks.filter(isUnacknowledged).map((task): Timer => {
    const dueAt = (task.askedAt ?? task.addedAt) + policy.taskAnswerMs;
    const brings = { type: "task-unanswered", task: task.number } as const;
    return { key: `task/${task.number}/${dueAt}`, dueAt, brings };
  });
  const [first] = incident.tasks
    .flatMap(({ number, state, overdue, dueAt }) =>
      state === "open" && overdue !== true && dueAt !== undefined ? [{ number, dueAt }] : [],
    )
    .sort((a, b) => a.dueAt - b.dueAt);
  if (first === undefined) return answers;
  const { number, dueAt } = first;
  return [...answers, { key: `tasks/${number}/${dueAt}`, dueAt, brings: { type: "tasks-due" } }];
}

function heldTimers(incident: Incident): readonly Timer[] {
  if (incident.closing !== undefined) return [];
  return incident.held.map(({ command, at }) => ({
    key: `held/${command}`,
    dueAt: at + heldMs,
    brings: { type: "held-expired", command },
  }));
}

/** From the end of an incident to its archive. */
function graceTimers(incident: Incident, policy: Policy): readonly Timer[] {
  const waits = incident.state === "over" || incident.state === "cancelled";
  if (!waits || incident.overAt === undefined || incident.closing !== undefined) return [];
  return [
    {
      key: `grace/${incident.overAt}`,
      dueAt: incident.overAt + policy.graceMs,
      brings: { type: "grace-ended" },
    },
  ];
}

/** What is contested is left alone for a while. Once the incident closes nothing is left alone any more. */
function contestTimers(incident: Incident): readonly Timer[] {
  if (incident.closing !== undefined) return [];
  return Object.entries(incident.contested).map(([what, since]) => ({
    key: `contested/${what}/${since}`,
    dueAt: since + contestedMs(what),
    brings: { type: "drift-rested", what },
  }));
}
