import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ServerKeys } from "./serverkeys.ts";
import { type SignatureSum, type Signatures, settled } from "./signature.ts";

type KnownKeys = ServerKeys["keys"];
type Found = readonly (Signatures | SignatureSum)[];

/** What a thread is asked. */
export interface Question {
  readonly found: Found;
  readonly keys: KnownKeys;
}

/** So many signatures are computed where they are asked for: in that time no thread would have started. */
const fewSignatures = 1000;

/** A thread needs little memory: it computes and keeps nothing. In MiB. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

/**
 * Computes signatures in threads of its own, on all cores, while the caller goes on reading and hashing. Node's
 * own asynchronous `verify` would cost the caller a quarter of the computation.
 */
export class SignatureThreads {
  #threads: readonly Thread[] = [];
  #asked = 0;

  /** What is known of signatures once all that was left to compute is computed. A thread's failure is thrown here. */
  async settle(found: Found, keys: KnownKeys = new Map()): Promise<readonly Signatures[]> {
    this.#asked += found.length;
    if (this.#asked <= fewSignatures) return found.map((each) => settled(each, keys));
    if (this.#threads.length === 0) {
      this.#threads = Array.from({ length: availableParallelism() }, () => new Thread());
    }
    const idlest = this.#threads.toSorted((a, b) => a.waiting - b.waiting)[0];
    if (idlest === undefined) throw new Error("this machine has no processor");
    return idlest.settle(found, keys);
  }

  /** Ends the threads. What they have not answered by then fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

class Thread {
  readonly #worker: Worker;
  /** Whoever waits for an answer, in the order of the questions. */
  readonly #waiting: PromiseWithResolvers<readonly Signatures[]>[] = [];
  #failure: unknown;

  constructor() {
    this.#worker = new Worker(new URL("./signaturethread.ts", import.meta.url), { resourceLimits });
    this.#worker.on("message", (answer: readonly Signatures[]) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on("error", (problem) => this.#fail(problem));
    this.#worker.on("exit", () => this.#fail(new Error("a thread that computes signatures ended")));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  settle(found: Found, keys: KnownKeys): Promise<readonly Signatures[]> {
    const answer = Promise.withResolvers<readonly Signatures[]>();
    if (this.#failure === undefined) {
      this.#waiting.push(answer);
      this.#worker.postMessage({ found, keys } satisfies Question);
    } else {
      answer.reject(this.#failure);
    }
    return answer.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(problem: unknown): void {
    this.#failure ??= problem;
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#failure);
  }
}
