import type { ArchiveSource } from "../source.ts";
import type { Answer, Asked, KnownSource, Question } from "./order.ts";
import { heard } from "./tolderror.ts";

/** Whoever waits for an answer. */
interface Waiting {
  readonly resolve: (answer: Asked[keyof Asked]["answer"]) => void;
  readonly reject: (problem: Error) => void;
}

/** What an archive is made of, where another thread has it: known in part, the rest asked for. */
export function askedSource(known: KnownSource, asking: Asking): ArchiveSource {
  return {
    ...known,
    journal: () => asking.stream("journal"),
    live: () => asking.stream("live"),
    page: (from) => asking.ask("page", from),
    serverKeys: () => asking.ask("serverKeys", undefined),
    media: (uri) => asking.ask("media", uri),
  };
}

/** Asks another thread. */
export class Asking {
  readonly #put: (question: Question) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #failures = new Map<unknown, number>();
  #asked = 0;
  #streams = 0;

  constructor(put: (question: Question) => void) {
    this.#put = put;
  }

  /** Gives an answer to whoever waits for it. */
  hear(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if ("failed" in answer) {
      const problem = heard(answer.failed);
      this.#failures.set(problem, answer.number);
      waiting?.reject(problem);
    } else {
      waiting?.resolve(answer.answer);
    }
  }

  /** The number of the question that a problem was the answer to. */
  questionOf(problem: unknown): number | undefined {
    return this.#failures.get(problem);
  }

  ask<Kind extends keyof Asked>(ask: Kind, about: Asked[Kind]["about"]): Promise<Asked[Kind]["answer"]> {
    this.#asked += 1;
    const { promise, resolve, reject } = Promise.withResolvers<Asked[Kind]["answer"]>();
    this.#waiting.set(this.#asked, { resolve, reject });
    this.#put({ number: this.#asked, ask, about });
    return promise;
  }

  async *stream<Kind extends "journal" | "live">(kind: Kind): AsyncGenerator<Asked[Kind]["answer"][number]> {
    this.#streams += 1;
    const stream = this.#streams;
    for (;;) {
      const items = await this.ask(kind, stream);
      if (items.length === 0) return;
      yield* items;
    }
  }
}
