/** Whether a trouble keeps the service from taking what the homeserver brings, or only from some of its work. */
type Weight = "heavy" | "light";

/** What keeps the service from doing its work, and what it depends on at the moment. */
export class Health {
  readonly #troubles = new Map<string, { readonly words: string; readonly weight: Weight }>();

  /**
   * Notes a trouble under a name, in words for an operator.
   *
   * @returns whether that is news: no trouble of any name has these words already
   */
  trouble(name: string, words: string, weight: Weight = "heavy"): boolean {
    const isNews = ![...this.#troubles.values()].some((known) => known.words === words);
    this.#troubles.set(name, { words, weight });
    return isNews;
  }

  /** The trouble of this name is over. */
  well(name: string): void {
    this.#troubles.delete(name);
  }

  /** Whether there is no trouble of this name. */
  isWell(name: string): boolean {
    return !this.#troubles.has(name);
  }

  /** What was depended on is another's to look after now, except for what this process needs in any case. */
  forget({ except }: { readonly except: readonly string[] }): void {
    for (const name of this.#troubles.keys()) if (!except.includes(name)) this.#troubles.delete(name);
  }

  /**
   * Every reason why the service does not do all of its work, and whether it does what people wait for all the
   * same: then nobody has to be sent elsewhere.
   */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] } {
    const troubles = [...this.#troubles.values()];
    return {
      ready: troubles.every(({ weight }) => weight === "light"),
      reasons: [...new Set(troubles.map(({ words }) => words))],
    };
  }
}
