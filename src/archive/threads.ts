import { availableParallelism } from "node:os";
import { parentPort, type Worker } from "node:worker_threads";
import { startThread } from "../program/thread.ts";

/** As many questions are answered where they are asked: in that time no thread would have started. */
const fewQuestions = 4;

/** A thread needs little memory: it answers and keeps nothing. In MiB. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/** What a file does that is loaded as a thread of `Threads`. */
export function answerWith<Question, Answer>(work: (question: Question) => Answer): void {
  parentPort?.on("message", (question: Question) => parentPort?.postMessage(work(question)));
}

/** Threads on all cores that do the same work, while whoever asks goes on. */
export class Threads<Question, Answer> {
  readonly #script: URL;
  readonly #work: (question: Question) => Answer;
  #threads: readonly Thread<Question, Answer>[] = [];
  #asked = 0;

  /** `script` is a file that calls `answerWith` with this `work`. */
  constructor(script: URL, work: (question: Question) => Answer) {
    this.#script = script;
    this.#work = work;
  }

  /** The answer to a question. What goes wrong in a thread is thrown here. */
  async ask(question: Question): Promise<Answer> {
    this.#asked += 1;
    if (this.#asked <= fewQuestions) return this.#work(question);
    if (this.#threads.length === 0) {
      this.#threads = Array.from({ length: availableParallelism() }, () => new Thread(this.#script));
    }
    const idlest = this.#threads.toSorted((a, b) => a.waiting - b.waiting)[0];
    if (idlest === undefined) throw new Error("this machine has no processor");
    return idlest.ask(question);
  }

  /** Ends the threads. What they have not answered by then fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

class Thread<Question, Answer> {
  readonly #worker: Worker;
  /** Whoever waits for an answer, in the order of the questions. */
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  #failure: unknown;

  constructor(script: URL) {
    this.#worker = startThread(script, { resourceLimits });
    this.#worker.on("message", (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on("error", (problem) => this.#fail(problem));
    this.#worker.on("exit", () => this.#fail(new Error("a thread that proves events ended")));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  ask(question: Question): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    if (this.#failure === undefined) {
      this.#waiting.push(answer);
      this.#worker.postMessage(question);
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
