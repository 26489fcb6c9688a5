import fc from "fast-check";
import { casesOf } from "./corpus.ts";
import type { Attempt, Target } from "./target.ts";

/** How many inputs, from which seed on, and until when. */
export interface Wish {
  readonly seed: number;
  readonly inputs: number;
  /** Milliseconds since the epoch; without it all inputs are tried. */
  readonly until?: number;
  /** Told of every input before it is tried, so that one which ends the process is known. */
  readonly onInput?: (input: unknown) => void;
  /** Told from time to time how many have been tried. */
  readonly onProgress?: (inputs: number) => void;
}

export interface Failure {
  readonly target: string;
  /** What did not hold, with where. */
  readonly words: string;
  readonly input: unknown;
  /** The case of the corpus that failed, where it is one. */
  readonly file?: string;
}

export interface Outcome {
  readonly inputs: number;
  readonly slowestMs: number;
  /** What did not hold. */
  readonly failures: readonly Failure[];
  /** What held, and took longer than it may, again and again. */
  readonly slow: readonly Failure[];
}

/** A target with its type forgotten, so that all of them can be in one list. */
export interface Fuzzed {
  readonly name: string;
  readonly share: number;
  fuzz(wish: Wish): Promise<Outcome>;
}

export function fuzzed<Input>(target: Target<Input>): Fuzzed {
  return { name: target.name, share: target.share, fuzz: (wish) => fuzz(target, wish) };
}

/** So many inputs come from one seed of fast-check's. */
const chunk = 500;
/** They may take so long, in milliseconds: until then fast-check keeps everything that it tried. */
const chunkMs = 60_000;
/** After so many different failures there is enough to do. */
const mostFailures = 5;
/** How long one input may take, in milliseconds. */
const patienceMs = 100;
/** An input that takes longer than this, in milliseconds, is a hang. */
const hangMs = 10_000;

async function fuzz<Input>(target: Target<Input>, wish: Wish): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const attempt = await target.begin(stack);
  const timed = new Timed(attempt, wish.onInput);
  const failures: Failure[] = [...(await tryCorpus(target.name, timed))];
  const known = new Set(failures.map(({ words }) => gist(words)));
  let inputs = 0;
  for (let nth = 0; inputs < wish.inputs && failures.length < mostFailures; nth++) {
    const left = wish.until === undefined ? undefined : wish.until - Date.now();
    if (left !== undefined && left <= 0) break;
    const result = await fc.check(
      fc.asyncProperty(target.inputs, (input) => timed.attempt(input)),
      {
        seed: (wish.seed + nth) | 0,
        numRuns: Math.min(chunk, wish.inputs - inputs),
        timeout: hangMs,
        ...(left === undefined
          ? {}
          : { interruptAfterTimeLimit: Math.min(left, chunkMs), markInterruptAsFailure: false }),
      },
    );
    inputs += result.numRuns;
    wish.onProgress?.(inputs);
    const words = wordsOf(result.errorInstance);
    if (result.counterexample === null || known.has(gist(words))) continue;
    known.add(gist(words));
    failures.push({ target: target.name, words, input: result.counterexample[0] });
  }
  return {
    inputs,
    slowestMs: Math.round(timed.slowestMs),
    failures,
    slow: await slowOnes(target.name, timed),
  };
}

async function tryCorpus<Input>(target: string, timed: Timed<Input>): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const [file, { why, input }] of casesOf(target)) {
    try {
      await timed.attempt(input as Input);
    } catch (error) {
      failures.push({ target, words: `${why}: ${wordsOf(error)}`, input, file });
    }
  }
  return failures;
}

/** Inputs that took long each of three times more, when nothing else was going on. */
async function slowOnes<Input>(target: string, timed: Timed<Input>): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const input of timed.slow) {
    const times = [await timed.again(input), await timed.again(input), await timed.again(input)];
    const least = Math.min(...times);
    if (least > patienceMs) failures.push({ target, words: `It takes ${Math.round(least)} ms.`, input });
  }
  return failures;
}

/** Tries inputs, and remembers those that took long. */
class Timed<Input> {
  slowestMs = 0;
  /** A few of those that took longer than they may. */
  readonly slow: Input[] = [];
  readonly #attempt: Attempt<Input>;
  readonly #onInput: (input: unknown) => void;

  constructor(attempt: Attempt<Input>, onInput: (input: unknown) => void = () => {}) {
    this.#attempt = attempt;
    this.#onInput = onInput;
  }

  async attempt(input: Input): Promise<void> {
    this.#onInput(input);
    const took = await this.again(input);
    this.slowestMs = Math.max(this.slowestMs, took);
    if (took > patienceMs && this.slow.length < mostFailures) this.slow.push(input);
  }

  /** How long it takes, in milliseconds. */
  async again(input: Input): Promise<number> {
    const began = performance.now();
    await this.#attempt(input);
    return performance.now() - began;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The same failure has the same gist, whatever the numbers in it. */
function gist(words: string): string {
  return (words.split("\n    at ", 1)[0] ?? "").slice(0, 80).replace(/\d+/g, "#");
}
