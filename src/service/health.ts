/** What keeps the service from doing its work, and what it depends on at the moment. */
export class Health {
  readonly #troubles = new Map<string, string>();

  /**
   * Notes a trouble under a name, in words for an operator.
   *
   * @returns whether that is news
   */
  trouble(name: string, words: string): boolean {
    const isNews = this.#troubles.get(name) !== words;
    this.#troubles.set(name, words);
    return isNews;
  }

  /** The trouble of this name is over. */
  well(name: string): void {
    this.#troubles.delete(name);
  }

  /** Whether the service can do its work, and if not, every reason. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] } {
    return { ready: this.#troubles.size === 0, reasons: [...this.#troubles.values()] };
  }
}
