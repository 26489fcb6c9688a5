import type { Queries } from "./store.ts";

/**
 * The time for which one Cordon leads: handles what has arrived, writes the journals, and speaks to the
 * homeserver. Of several on one database, at most one has a term that lasts.
 */
export interface Term {
  /** Grows from term to term; always the same where one process has the database to itself. */
  readonly number: number;
  /** Queries of whoever leads. Writing through them fails once somebody else has begun to lead. */
  readonly db: Queries;
  /** Resolves when the term has ended without having been given up: somebody else may lead by now. */
  readonly over: Promise<void>;
  /**
   * Resolves while the term lasts. To be asked right before anything that the database cannot undo.
   *
   * @throws TermOver once it does not, and where that cannot be known
   */
  confirm(): Promise<void>;
  /** From now on nothing is asked that takes long: what gets no answer is given up. */
  beImpatient(): void;
  /** Has events told of that another Cordon keeps, by their room; of all that are kept once this has resolved. */
  onArrival(tell: (room: string) => void): Promise<void>;
  /** Gives the term up: whoever waits for one gets it at once. */
  end(): Promise<void>;
}

/** Another Cordon leads, or the database, which alone could say so, does not answer. Nothing was done. */
export class TermOver extends Error {
  override readonly name = "TermOver";

  constructor(cause?: unknown) {
    super("this Cordon does not lead any more", cause === undefined ? {} : { cause });
  }
}

/** Of a database that one process has to itself: it leads as long as it lives. */
export function onlyTerm(db: Queries): Term {
  return {
    number: 0,
    db,
    over: new Promise(() => {}),
    confirm: async () => {},
    beImpatient: () => {},
    onArrival: async () => {},
    end: async () => {},
  };
}
