/** What keeps the service from doing its work, and what it depends on at the moment. */
export class Health {
  readonly #troubles = new Map<string, string>();

  /**
   * Notes a trouble under a name, in words for an operator.
   *
   * @returns whether that is news: no trouble of any name has these words already
   */
  trouble(name: string, words: string): boolean {
    const isNews = ![...this.#troubles.values()].includes(words);
    this.#troubles.set(name, words);
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
  forget({ except }: { readonly except: string }): void {
    for (const name of this.#troubles.keys()) if (name !== except) this.#troubles.delete(name);
  }

  /** Whether the service can do its work, and if not, every reason. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] } {
    return { ready: this.#troubles.size === 0, reasons: [...new Set(this.#troubles.values())] };
  }
}
