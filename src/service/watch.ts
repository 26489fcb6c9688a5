import { moveTimers } from "../journal/timers.ts";
import { HomeserverError } from "../matrix/errors.ts";
import type { Clock } from "./clock.ts";
import { joinConfiguredRooms } from "./configured-rooms.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { readAhead } from "./history-reader.ts";
import { type Next, pauseAfter } from "./pump.ts";
import { catchUpWithRooms } from "./restored.ts";
import type { Service } from "./service.ts";
import { goOn, reportForDuty, wakeAll } from "./start.ts";
import { orTokenRefusal, TokenRefusal } from "./tokens.ts";

/** How often to look, in milliseconds: more often than a homeserver can be restarted. */
const everyMs = 2_000;
/** How long to wait at most before a homeserver that is away, or refuses everything, is tried again. */
const longestPauseMs = 8_000;

/** What we stand in with the homeserver. */
export interface Duty {
  /** Whether it was told that we are here since it was last away. */
  reported: boolean;
  /** Whether it has ever accepted us since this service started. */
  accepted: boolean;
  /** How often in a row it was not there, or had a fault. */
  failures: number;
  /** Whether the rooms were seen not to know more than the database: before that nothing else is done. */
  compared: boolean;
  /** By whose rules the configured rooms were joined and everything was woken last. */
  followed: Service | undefined;
  readonly heartbeat: Heartbeat;
  readonly clock: Clock;
  /** Called where it refuses our token, or we its, before it has ever accepted us. */
  readonly refused: (refusal: TokenRefusal) => void;
}

/**
 * Looks whether the homeserver is there. While it is away the service says so and keeps what it has; once
 * it is back, it is told that we are here, asked for what it may have lost, and everything goes on.
 * Tokens that do not fit at the start are not waited for: the registration has to be changed first.
 */
export async function watchHomeserver(service: Service, duty: Duty, appserviceId: string): Promise<Next> {
  try {
    if (!duty.accepted) await service.homeserver.greet();
    await followClock(service, duty, await service.homeserver.clockAhead());
    if (!duty.reported) {
      await readAhead(service, { inOrder: !duty.compared });
      duty.followed = service;
      await reportForDuty(service, appserviceId);
      await duty.heartbeat.beat(service);
      duty.reported = true;
      duty.accepted = true;
      if (!duty.compared) await catchUpWithRooms(service);
      duty.compared = true;
      await goOn(service);
      service.bells.histories();
      service.log.info({}, "the homeserver is there");
    } else if (duty.followed !== service) {
      await follow(service, duty);
    }
    await duty.heartbeat.listen(service);
    service.health.well("homeserver");
    duty.failures = 0;
    return { inMs: everyMs };
  } catch (thrown) {
    // Synapse looks at the token of every call, also where none is needed.
    const error = orTokenRefusal(thrown);
    if (!(error instanceof HomeserverError || error instanceof TokenRefusal)) throw error;
    duty.reported = false;
    if (service.health.trouble("homeserver", error.message)) {
      service.log.warn({ kind: error.name }, error.message);
    }
    if (error instanceof TokenRefusal && !duty.accepted) {
      duty.refused(error);
      return "idle";
    }
    duty.failures += 1;
    return { inMs: Math.min(pauseAfter(duty.failures), longestPauseMs) };
  }
}

/** Other rules are in force: open incidents follow, and so do the rooms that the configuration names. */
async function follow(service: Service, duty: Duty): Promise<void> {
  // Noted first: who asks for it meanwhile asks for it again.
  duty.followed = service;
  try {
    await wakeAll(service);
    await joinConfiguredRooms(service);
  } catch (error) {
    duty.followed = undefined;
    throw error;
  }
}

/**
 * Goes by the homeserver's time. Where that was set back, what is waited for is brought forward: nobody has to
 * wait for an hour longer. Where it went forth, what has become due comes at once, as after an outage.
 */
async function followClock(service: Service, { clock }: Duty, aheadMs: number | undefined): Promise<void> {
  if (aheadMs === undefined) return;
  const byMs = clock.setSince(aheadMs);
  if (byMs < 0) await moveTimers(service.db, byMs);
  clock.follow(aheadMs);
  if (byMs === 0) return;
  service.log.warn({ byMs }, "the homeserver's clock was set");
  service.bells.timers();
}
