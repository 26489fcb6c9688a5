import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { crashPoint } from "../../crash/point.ts";
import { text } from "../../matrix/event.ts";
import { isJson } from "../../proof/redaction.ts";
import { ArchiveFailure } from "../failure.ts";
import { bunchesOfFile, linesOfFile, parsed } from "../files/lines.ts";
import { Output } from "../files/output.ts";
import type { Page } from "../source.ts";

/** What is remembered of a page whose events lie on the disk. */
interface Step {
  readonly events: number;
  readonly end?: string;
}

/**
 * The pages that a walk has passed, newest first, each in a file that is whole where it is there at all: so an
 * interrupted walk can be gone on with. A file begins with a line about its page; then come the events, oldest
 * first.
 */
export class Trail {
  readonly #folder: string;
  #steps: Step[];
  #events: number;

  private constructor(folder: string, steps: Step[]) {
    this.#folder = folder;
    this.#steps = steps;
    this.#events = steps.reduce((sum, { events }) => sum + events, 0);
  }

  /** The trail that lies in a folder, which is made where it is missing. It ends before the first page that cannot be read. */
  static async in(folder: string): Promise<Trail> {
    await mkdir(folder, { recursive: true });
    const names = new Set(await readdir(folder));
    const steps: Step[] = [];
    while (names.has(pageName(steps.length + 1))) {
      const step = await stepIn(join(folder, pageName(steps.length + 1)));
      if (step === undefined) break;
      steps.push(step);
    }
    return new Trail(folder, steps);
  }

  get pages(): number {
    return this.#steps.length;
  }

  get events(): number {
    return this.#events;
  }

  /** Where the page after this one begins. */
  endOf(page: number): string | undefined {
    return this.#steps[page - 1]?.end;
  }

  /**
   * Adds the next page.
   * @throws ArchiveFailure `walk-repeats`; the page is not kept then.
   */
  async keep({ events, end }: Page): Promise<void> {
    if (end !== undefined && this.#steps.some((step) => step.end === end)) {
      throw new ArchiveFailure(
        "walk-repeats",
        "The homeserver's history leads back to a place it already gave.",
      );
    }
    const step = { events: events.length, ...(end === undefined ? {} : { end }) };
    await writePage(join(this.#folder, pageName(this.pages + 1)), step, events);
    this.#steps.push(step);
    this.#events += step.events;
  }

  /** The events of a page, counted from 1, oldest first, as the homeserver gave them: each as JSON, in bunches. */
  async *eventsOf(page: number): AsyncGenerator<readonly string[]> {
    let linesBefore = 1;
    for await (const lines of bunchesOfFile(join(this.#folder, pageName(page)))) {
      yield lines.slice(linesBefore);
      linesBefore = 0;
    }
  }

  /** Forgets every page. */
  async clear(): Promise<void> {
    this.#steps = [];
    this.#events = 0;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function writePage(path: string, step: Step, events: readonly unknown[]): Promise<void> {
  const unfinished = `${path}.partial`;
  const output = await Output.create(unfinished);
  try {
    // Plain JSON, not canonical: what has no canonical form must be kept too, to be named later.
    for (const value of [step, ...events.toReversed()]) await output.write(`${JSON.stringify(value)}\n`);
  } finally {
    await output.close();
  }
  await rename(unfinished, path);
  crashPoint("archive/page");
}

async function stepIn(path: string): Promise<Step | undefined> {
  for await (const line of linesOfFile(path)) {
    const step = parsed(line);
    if (!isJson(step) || typeof step.events !== "number") return undefined;
    const end = text(step, "end");
    return { events: step.events, ...(end === undefined ? {} : { end }) };
  }
  return undefined;
}

function pageName(page: number): string {
  return `page-${String(page).padStart(6, "0")}.ndjson`;
}
