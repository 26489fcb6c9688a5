import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Mistake, type Reading, sentence } from "../config/reading.ts";

/** One thing to be known. */
export interface Question<Value> {
  /** What is asked, as a few words before a colon. */
  readonly text: string;
  /** How the answer is written. */
  readonly form: string;
  read(written: string): Reading<Value>;
}

/** Somebody at a terminal who can be asked. */
export interface Interview extends Disposable {
  /**
   * Asks until the answer can be read; an empty line stands for `otherwise`.
   *
   * @throws InterviewEnded where there is nobody any more: end of input or Ctrl-C
   */
  ask<Value>(question: Question<Value>, otherwise: string | undefined): Promise<Value>;
}

/** The person has left before the last question. */
export class InterviewEnded extends Error {
  override readonly name = "InterviewEnded";
}

const unanswered: Mistake = { wrong: "has no default" };

/** Begins to ask: questions go to `output`, answers are the lines of `input`. */
export function beginInterview(input: Readable, output: Writable): Interview {
  const terminal = createInterface({ input, output, terminal: true });
  let hasEnded = false;
  terminal.once("close", () => {
    hasEnded = true;
  });
  // Lines that are pasted before they are asked for wait here, also beyond the end of the input.
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(question, otherwise) {
      for (;;) {
        const prompt = otherwise === undefined ? `${question.text}: ` : `${question.text} [${otherwise}]: `;
        terminal.setPrompt(prompt);
        if (hasEnded) output.write(prompt);
        else terminal.prompt();
        const line = await lines.next();
        if (line.done === true) throw new InterviewEnded();

        const answer = line.value.trim() || otherwise;
        const reading = answer === undefined ? unanswered : question.read(answer);
        if ("value" in reading) return reading.value;
        output.write(`  That ${sentence(reading, question.form)}.\n`);
      }
    },
    [Symbol.dispose]: () => terminal.close(),
  };
}
