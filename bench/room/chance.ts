/** Chance that is the same on every run (a Lehmer generator, MINSTD): figures can be compared with each other. */
export class Chance {
  #state: number;

  /** `seed` is a whole number above 0. */
  constructor(seed: number) {
    this.#state = seed;
  }

  /** A number from 0 to 1. */
  next(): number {
    this.#state = (this.#state * 48_271) % 0x7fffffff;
    return this.#state / 0x7fffffff;
  }

  /** A whole number from `least` to `most`, both among them. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  of<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("there is nothing to choose from");
    return item;
  }

  /** One of the names, each as often as its weight says in proportion to the others. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights).filter((name): name is Name => name in weights);
    let left = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return this.of(names);
  }
}
