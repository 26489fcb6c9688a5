import type { InForce } from "./in-force.ts";
import type { Service } from "./service.ts";
import type { Setup } from "./setup.ts";

export interface StepsOptions {
  readonly inForce: InForce;
  /** Makes the service of a setup. Everything that lasts is the same in all of them. */
  readonly make: (setup: Setup, before: Setup | undefined) => Service;
  /** Called when the last step has ended that had begun under a setup which is in force no more. */
  readonly settled: () => void;
}

/**
 * The steps of the workers, each of which works by one setup from its beginning to its end. A step that begins after
 * a change works by the new setup; to it the change is what a restart between two steps would be.
 */
export class Steps {
  readonly #options: StepsOptions;
  readonly #underWay = new Map<Service, number>();
  #made: { readonly setup: Setup; readonly service: Service };

  constructor(options: StepsOptions) {
    this.#options = options;
    const { setup } = options.inForce;
    this.#made = { setup, service: options.make(setup, undefined) };
  }

  /** The service by the setup in force. */
  get service(): Service {
    const { setup } = this.#options.inForce;
    if (setup !== this.#made.setup)
      this.#made = { setup, service: this.#options.make(setup, this.#made.setup) };
    return this.#made.service;
  }

  /** Takes a step of work by the setup in force. */
  async take<T>(work: (service: Service) => Promise<T>): Promise<T> {
    const { service } = this;
    this.#count(service, 1);
    try {
      return await work(service);
    } finally {
      this.#count(service, -1);
      if (service !== this.service && !this.#isAnyOutdated()) this.#options.settled();
    }
  }

  #count(service: Service, by: 1 | -1): void {
    const count = (this.#underWay.get(service) ?? 0) + by;
    if (count === 0) this.#underWay.delete(service);
    else this.#underWay.set(service, count);
  }

  #isAnyOutdated(): boolean {
    const { service } = this;
    return [...this.#underWay.keys()].some((each) => each !== service);
  }
}
