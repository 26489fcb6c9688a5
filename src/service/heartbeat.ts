import type { EventId } from "../incident/ids.ts";
import { isKnown } from "../journal/inbox.ts";
import { readAll } from "./history-reader.ts";
import type { Service } from "./service.ts";
import { beat } from "./start.ts";
import { pingThrough } from "./tokens.ts";

/** How often the homeserver is seen to bring what happens, in milliseconds. */
const everyMs = 5 * 60_000;
/** How long a heartbeat may be under way, in milliseconds: usually it is back within a hundredth of a second. */
const patienceMs = 10_000;

/** The heart of one service: what it sends has to come back. */
export class Heartbeat {
  readonly #appserviceId: string;
  /** The heartbeat that is under way, or the last one that came back. */
  #last: { readonly event: EventId; readonly sentAt: number } | undefined;
  #patienceMs = patienceMs;
  #isBack = false;

  constructor(appserviceId: string) {
    this.#appserviceId = appserviceId;
  }

  /** Sends one now, whatever became of the last. */
  async beat(service: Service): Promise<void> {
    this.#last = { event: await beat(service), sentAt: service.now() };
    this.#isBack = false;
  }

  /**
   * Sees whether the last one has come back. Where it has not for a while, the homeserver does not bring what
   * people say either: every room is read, and it is sent another, later each time.
   */
  async listen(service: Service): Promise<void> {
    if (this.#last === undefined) return;
    const { event, sentAt } = this.#last;
    const waitedMs = Math.abs(service.now() - sentAt);
    if (!this.#isBack) this.#isBack = (await isKnown(service.db, [event])).has(event);
    if (this.#isBack) {
      this.#patienceMs = patienceMs;
      if (waitedMs >= everyMs) await this.beat(service);
    } else if (waitedMs >= this.#patienceMs) {
      this.#patienceMs = Math.min(2 * this.#patienceMs, everyMs);
      service.log.warn({ waitedMs }, "the homeserver has not brought a heartbeat back; every room is read");
      await readAll(service);
      await pingThrough(service.homeserver, this.#appserviceId, `cordon-${service.now()}`);
      await this.beat(service);
    }
  }
}
