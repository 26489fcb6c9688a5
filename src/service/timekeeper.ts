import { observe } from "../incident/observe.ts";
import { dueTimers, nextDue } from "../journal/timers.ts";
import { changeIncident } from "./change.ts";
import type { Next } from "./pump.ts";
import type { Service } from "./service.ts";

/** The longest the timers sleep: a clock that was set forward is noticed within it. */
const longestSleepMs = 60_000;
const atOnce = 100;

/**
 * Brings due timers to their incidents. A timer is removed in the transaction of its effect, so after a
 * crash it is either still due or done.
 */
export async function keepTime(service: Service): Promise<Next> {
  const due = await dueTimers(service.db, service.now(), atOnce);
  for (const timer of due) {
    const occasion = {
      cause: `timer/${timer.key}/${timer.dueAt}`,
      actor: "cordon",
      eventAt: service.now(),
      timer: timer.key,
    } as const;
    await changeIncident(service, timer.incident, occasion, (stored) => ({
      facts: stored === undefined ? [] : observe(stored.incident, timer.brings, service.rules.policy),
    }));
  }
  if (due.length === atOnce) return "again";
  const next = await nextDue(service.db);
  if (next === undefined) return "idle";
  return { inMs: Math.min(longestSleepMs, Math.max(0, next - service.now())) };
}
