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
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;

/**
 * Works on many keys (rooms, incidents) at the same time and on each of them one step after the other.
 * A key that is woken while it is being worked on gets another step afterwards, so no wake is lost. A step
 * that throws is logged and tried again, later each time.
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
      this.#working.set(key, this.#work(key));
    }
  }

  async #work(key: K): Promise<void> {
    let next: Next = "again";
    while (next === "again" && !this.#stopped) next = await this.#tryStep(key);
    this.#working.delete(key);
    if (this.#stopped) return;
    if (typeof next === "object") this.#pause(key, next.inMs);
    this.#fill();
  }

  async #tryStep(key: K): Promise<Next> {
    try {
      const next = await this.#step(key);
      this.#failures.delete(key);
      return next;
    } catch (err) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      const inMs = pauseAfter(failures);
      this.#options.log.error(
        { err, pump: this.#options.name, key, failures, inMs },
        "a step failed and is tried again",
      );
      return { inMs };
    }
  }

  #pause(key: K, inMs: number): void {
    if (this.#woken.has(key)) return;
    this.#pauses.set(
      key,
      setTimeout(() => this.wake(key), inMs),
    );
  }
}

/** How long to wait after so many failures in a row, in milliseconds: twice as long each time, up to a minute. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
}
