import type { Setup } from "./setup.ts";

/**
 * The setup in force: one value, put in the place of another at one moment. Whoever works by it takes it once for each
 * step of work, and keeps to it until the step is done.
 */
export class InForce {
  #setup: Setup;
  readonly #listeners = new Set<() => void>();

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  get setup(): Setup {
    return this.#setup;
  }

  /** Puts another setup in force, and tells those who listen. */
  put(setup: Setup): void {
    this.#setup = setup;
    for (const listener of this.#listeners) listener();
  }

  /**
   * Has a function called after each change.
   *
   * @returns what ends that
   */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
