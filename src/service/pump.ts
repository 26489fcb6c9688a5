import { setImmediate as breathe } from "node:timers/promises";
import type { Log } from "./log.ts";

/**
 * What one step of work says about the next: more at once, again in some milliseconds, or nothing until
 * somebody wakes the key again.
 */
export type Next = "again" | "idle" | { readonly inMs: number };

export interface PumpOptions {
  readonly name: string;
  readonly log: Log;
  /** How many keys are worked on at the same time. */
  readonly atOnce: number;
  /** Told of what made a step fail; says whether that is known, so that nobody has to be told by every key. */
  readonly isKnown?: (error: unknown) => boolean;
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;
/** No key sleeps longer than this, in milliseconds, whatever it said: the clock may be set meanwhile. */
const longestSleepMs = 60 * 60_000;

/**
 * Works on many keys (rooms, incidents) at the same time and on each of them one step after the other.
 * A key that is woken while it is being worked on gets another step afterwards, so no wake is lost. A key with
 * much to do gives way to those that wait after every step. A step that throws is tried again, later each time,
 * and logged, more rarely each time.
 */
export class Pump<K extends string> {
  readonly #step: (key: K) => Promise<Next>;
  readonly #options: PumpOptions;
  readonly #woken = new Set<K>();
  readonly #working = new Map<K, Promise<void>>();
  readonly #pauses = new Map<K, NodeJS.Timeout>();
  readonly #failures = new Map<K, number>();
  #stopped = false;

  constructor(options: PumpOptions, step: (key: K) => Promise<Next>) {
    this.#options = options;
    this.#step = step;
  }

  /** Has a key looked at, as soon as there is a free hand. */
  wake(key: K): void {
    if (this.#stopped) return;
    clearTimeout(this.#pauses.get(key));
    this.#pauses.delete(key);
    this.#woken.add(key);
    this.#fill();
  }

  /** How many keys wait or are being worked on. */
  get busy(): number {
    return this.#woken.size + this.#working.size;
  }

  /** Begins no further step, and resolves when those under way are done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const pause of this.#pauses.values()) clearTimeout(pause);
    this.#pauses.clear();
    this.#woken.clear();
    await Promise.all(this.#working.values());
  }

  #fill(): void {
    for (const key of this.#woken) {
      if (this.#working.size >= this.#options.atOnce) return;
      if (this.#working.has(key)) continue;
      this.#woken.delete(key);
      // Not at once: what the step wakes has to find that its key is being worked on.
      this.#working.set(
        key,
        Promise.resolve().then(() => this.#work(key)),
      );
    }
  }

  async #work(key: K): Promise<void> {
    let next: Next;
    do {
      next = await this.#tryStep(key);
      // SQLite answers at once: without a breath nothing else in this process would get its turn.
      await breathe();
    } while (next === "again" && !this.#stopped && !this.#isAwaited());
    this.#working.delete(key);
    if (this.#stopped) return;
    if (next === "again") this.#woken.add(key);
    else if (typeof next === "object") this.#pause(key, next.inMs);
    this.#fill();
  }

  /** Whether a key waits for a free hand. */
  #isAwaited(): boolean {
    for (const key of this.#woken) if (!this.#working.has(key)) return true;
    return false;
  }

  async #tryStep(key: K): Promise<Next> {
    try {
      const next = await this.#step(key);
      this.#failures.delete(key);
      return next;
    } catch (err) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      // What was woken meanwhile is tried sooner, but not at once: a step that wakes its own key would spin.
      const inMs = pauseAfter(this.#woken.delete(key) ? 1 : failures);
      const { name, log, isKnown } = this.#options;
      const isTold = isKnown?.(err) === true || !isPowerOfTwo(failures);
      log[isTold ? "debug" : "error"](
        { err, pump: name, key, failures, inMs },
        "a step failed and is tried again",
      );
      return { inMs };
    }
  }

  #pause(key: K, inMs: number): void {
    if (this.#woken.has(key)) return;
    this.#pauses.set(
      key,
      setTimeout(() => this.wake(key), Math.min(inMs, longestSleepMs)),
    );
  }
}

/** Of what fails for days the log has some twenty lines. */
function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n));
}

/** How long to wait after so many failures in a row, in milliseconds: twice as long each time, up to a minute. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
}
