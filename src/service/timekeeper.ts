import { setImmediate as breathe } from "node:timers/promises";
import { crashPoint } from "../crash/point.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import { timersOf } from "../incident/timers.ts";
import { FoldUnreadable } from "../journal/fold.ts";
import { loadIncident, openIncidents } from "../journal/incidents.ts";
import { type DueTimer, dueTimers, hasTimers, nextDue, setTimers } from "../journal/timers.ts";
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

/** Keeps the time, and sees to it that the timers are those of the rules in force. */
export class Timekeeper {
  /** By whose rules the timers were set last. */
  #followed: Service | undefined;

  /** Has the timers set anew at the next step. */
  resetNext(): void {
    this.#followed = undefined;
  }

  /** One step of the worker. */
  async keep(service: Service): Promise<Next> {
    if (this.#followed !== service) await this.#reset(service);
    return keepTime(service);
  }

  async #reset(service: Service): Promise<void> {
    // Noted first: who asks for it meanwhile asks for it again.
    this.#followed = service;
    try {
      await resetTimers(service);
    } catch (error) {
      this.#followed = undefined;
      throw error;
    }
  }
}

/**
 * Has the timers of all open incidents follow the configuration, which may not be the one by which they were set. A
 * timer that is there keeps its moment, as people were told it.
 */
async function resetTimers(service: Service): Promise<void> {
  for (const id of await openIncidents(service.db)) {
    await resetTimersOf(service, id).catch((error: unknown) => {
      // `doctor` says how it is made anew; the others have their timers all the same.
      if (!(error instanceof FoldUnreadable)) throw error;
      service.log.error({ incident: id }, `${error.message}: ${error.cure}`);
    });
    // SQLite answers at once: the rest of the process has to get its turn.
    await breathe();
  }
}

async function resetTimersOf({ db, locks, rules }: Service, id: IncidentId): Promise<void> {
  const stored = await loadIncident(db, id);
  if (stored === undefined) return;
  if (await hasTimers(db, id, timersOf(stored.incident, rules.policy))) return;
  await locks.hold(id, () =>
    db.transaction().execute(async (change) => {
      const now = await loadIncident(change, id);
      if (now !== undefined) await setTimers(change, id, timersOf(now.incident, rules.policy));
    }),
  );
}
