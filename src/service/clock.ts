/** A difference of clocks that is smaller changes nothing that anybody notices, in milliseconds. */
const toleranceMs = 30_000;
/** For how long after a comparison this machine's clock is not believed to have been set, in milliseconds. */
const steadyMs = 10_000;

/** Two clocks, in milliseconds: one can be set, the other only runs, and stands still while a machine sleeps. */
export interface Clocks {
  readonly civil: () => number;
  readonly running: () => number;
}

const ofMachine: Clocks = { civil: () => Date.now(), running: () => performance.now() };

/**
 * The time by which the service works. What people say has the homeserver's time, so where this machine's clock
 * differs much, or is set, the homeserver's counts: otherwise every command would look hours old, or every answer
 * would be waited for an hour longer.
 */
export class Clock {
  readonly #clocks: Clocks;
  /** How far the homeserver's clock is ahead, where that matters. */
  #ahead = 0;
  /** What the clocks showed when they were last compared with the homeserver's. */
  #compared = { civil: 0, running: Number.NEGATIVE_INFINITY };

  constructor(clocks: Clocks = ofMachine) {
    this.#clocks = clocks;
  }

  /** Whole milliseconds since the epoch. */
  readonly now = (): number => {
    const { civil, running } = this.#moment();
    const passed = running - this.#compared.running;
    if (passed >= steadyMs) return civil + this.#ahead;
    // Set since: until the next comparison, time goes on as it went.
    const unset = this.#compared.civil + Math.round(passed);
    return (Math.abs(civil - unset) > toleranceMs ? unset : civil) + this.#ahead;
  };

  /**
   * How far the homeserver's clock was set since they were compared, in milliseconds, as far as can be told: 0
   * where hardly, and where that is too long ago.
   *
   * @param aheadMs how far the homeserver's clock is ahead of this machine's
   */
  setSince(aheadMs: number): number {
    const { civil, running } = this.#moment();
    if (running - this.#compared.running >= steadyMs) return 0;
    return considerable(civil + considerable(aheadMs) - this.now());
  }

  /** From now on the homeserver's clock is known to be so far ahead of this machine's. */
  follow(aheadMs: number): void {
    this.#ahead = considerable(aheadMs);
    this.#compared = this.#moment();
  }

  #moment() {
    return { civil: this.#clocks.civil(), running: this.#clocks.running() };
  }
}

function considerable(ms: number): number {
  return Math.abs(ms) > toleranceMs ? ms : 0;
}
