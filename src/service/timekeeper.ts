import { crashPoint } from "../crash/point.ts";
import type { Incident } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import { timersOf } from "../incident/timers.ts";
import { type DueTimer, dueTimers, nextDue } from "../journal/timers.ts";
import { changeIncident } from "./change.ts";
import type { Next } from "./pump.ts";
import { momentOf, type Service } from "./service.ts";

/** The longest the timers sleep: a clock that was set forward is noticed within it. */
const longestSleepMs = 60_000;
const atOnce = 100;

/**
 * Brings due timers to their incidents. A timer is removed in the transaction of its effect, so after a
 * crash it is either still due or done.
 */
export async function keepTime(service: Service): Promise<Next> {
  const due = await dueTimers(service.db, service.now(), atOnce);
  for (const timer of due) await bringTimer(service, timer);
  if (due.length === atOnce) return "again";
  const next = await nextDue(service.db);
  if (next === undefined) return "idle";
  return { inMs: Math.min(longestSleepMs, Math.max(0, next - service.now())) };
}

/** Brings a due timer to its incident. */
export async function bringTimer(
  service: Service,
  { incident, key, dueAt, brings }: DueTimer,
): Promise<void> {
  const occasion = {
    cause: `timer/${key}/${dueAt}`,
    actor: "cordon",
    eventAt: service.now(),
    timer: key,
    ...(brings.type === "held-expired" ? { settles: brings.command } : {}),
  } as const;
  crashPoint("timer/due");
  await changeIncident(service, incident, occasion, (stored) => {
    const isDue = stored !== undefined && awaits(service, stored.incident, key);
    return { facts: isDue ? observe(stored.incident, brings, momentOf(service)) : [] };
  });
}

/** Whether an incident still waits for it: the answer may have come while the moment did. */
function awaits(service: Service, incident: Incident, key: string): boolean {
  return timersOf(incident, service.rules.policy).some((timer) => timer.key === key);
}
