import { StoreError } from "../store/engine.ts";
import type { SharedStore } from "../store/store.ts";
import type { Term } from "../store/term.ts";
import { isTermOver } from "../store/trouble.ts";
import type { Log } from "./log.ts";

/** What is done while this Cordon leads. */
export interface Work {
  /** Something has arrived in a room. */
  ring(room: string): void;
  /** The database, which was away or full, can be written to again. */
  goOn(): void;
  /** Begins nothing more, and resolves when what is under way is done. */
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  readonly store: Pick<SharedStore, "isUpToDate" | "lead">;
  readonly log: Log;
  /** Begins the work of a term. */
  readonly begin: (term: Term) => Promise<Work>;
}

/** How long to wait before leading again where a term could not even begin, in milliseconds. */
const pauseMs = 1_000;

/**
 * Leads whenever no other Cordon on the same database does, and stands by otherwise. Every term begins from
 * nothing but the database, as after a start.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #stopping = new AbortController();
  #term: Term | undefined;
  #work: Work | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /**
   * Takes the lead where nobody has it. Where somebody has, waits for it only if the database is of an older
   * version: then nothing can be kept in it yet, and whoever leads must not have it changed under their feet.
   *
   * @throws StoreError
   */
  async prepare(): Promise<void> {
    const { store, log } = this.#options;
    try {
      this.#term = await store.lead();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "database-in-use") throw error;
      const isUpToDate = await store.isUpToDate();
      log.info({ isUpToDate }, "another Cordon leads; this one stands by");
      if (!isUpToDate) this.#term = await this.#nextTerm();
    }
  }

  /**
   * Begins to work, at once where there is a term, and from then on by itself in every term there will be.
   *
   * @returns what ends it in the end, other than being stopped: a database that cannot be used any more
   */
  async begin(): Promise<{ readonly failed: Promise<unknown> }> {
    if (this.#term !== undefined) this.#work = await this.#workIn(this.#term).catch(undefinedWhereOver);
    const { promise: failed, resolve } = Promise.withResolvers<unknown>();
    this.#running = this.#goOn().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) resolve(error);
    });
    return { failed };
  }

  /** Whether this Cordon leads. */
  get leads(): boolean {
    return this.#work !== undefined;
  }

  /** Something has arrived in a room. Where another Cordon leads, the database tells it. */
  ring(room: string): void {
    this.#work?.ring(room);
  }

  /** The database, which was away or full, can be written to again. */
  goOn(): void {
    this.#work?.goOn();
  }

  /** Finishes what is under way, and lets the next one lead. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#term ??= await this.#nextTerm();
      this.#work ??= await this.#tryToBegin(this.#term);
      if (this.#work !== undefined) await Promise.race([this.#term.over, aborted(signal)]);
      await this.#giveUp();
      if (!signal.aborted) this.#options.log.warn({}, "this Cordon does not lead any more; it stands by");
    }
  }

  async #nextTerm(): Promise<Term> {
    const term = await this.#options.store.lead({ wait: this.#stopping.signal });
    this.#options.log.info({}, "this Cordon leads now");
    return term;
  }

  /** A term may be over before it has begun. */
  async #tryToBegin(term: Term): Promise<Work | undefined> {
    try {
      return await this.#workIn(term);
    } catch (err) {
      this.#options.log.error({ err }, "the work could not begin and is tried again");
      await pause(pauseMs, this.#stopping.signal);
      return undefined;
    }
  }

  async #workIn(term: Term): Promise<Work> {
    let work: Work | undefined;
    term.beImpatient();
    // Before anything is looked for: what arrives from here on is told, and what arrived before is found.
    await term.onArrival((room) => work?.ring(room));
    work = await this.#options.begin(term);
    return work;
  }

  async #giveUp(): Promise<void> {
    const [work, term] = [this.#work, this.#term];
    this.#work = undefined;
    this.#term = undefined;
    await work?.stop();
    await term?.end();
  }
}

/** Somebody else leads by now; this one stands by. */
function undefinedWhereOver(error: unknown): undefined {
  if (!isTermOver(error)) throw error;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return Promise.race([new Promise<void>((resolve) => setTimeout(resolve, ms)), aborted(signal)]);
}
