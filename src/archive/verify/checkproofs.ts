import type { Measure } from "../history/prove.ts";
import { fail, type LevelResult, notChecked, type Problem, pass } from "../opened/level.ts";
import type { Threads } from "../threads.ts";
import type { CheckedSpan, Span } from "./checkspan.ts";
import type { Claims } from "./claims.ts";

/** A line of a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** So much is checked together, in bytes: enough that handing it over costs nothing to speak of. */
const bytesPerSpan = 128 * 1024;

/** Lines that are to be checked together, the first of which stands at `from`. */
interface OpenSpan extends Pick<Span, "path" | "offset"> {
  readonly from: Place;
  bytes: number;
}

/**
 * What of L3 is arithmetic: that each event is what its id says, and signed by its sender's homeserver. Threads
 * compute it while the rest is checked; they are told where the lines lie, so that none waits in memory.
 */
export class ProofCheck {
  readonly #measure: Measure;
  readonly #threads: Threads<Span, CheckedSpan>;
  #span: OpenSpan | undefined;
  #counted: Promise<void> = Promise.resolve();
  #wrong: Problem | undefined;
  #unsound: Problem | undefined;
  #held = 0;
  #unchecked = 0;
  #uncheckedReason = "";

  constructor(measure: Measure, threads: Threads<Span, CheckedSpan>) {
    this.#measure = measure;
    this.#threads = threads;
  }

  /** Takes the next line, in the order of the record: it has so many bytes, and lies in the file at `path`. */
  take(path: string, offset: number, bytes: number, place: Place): void {
    if (this.#span?.path !== path || this.#span.bytes >= bytesPerSpan) this.#handOver();
    this.#span ??= { path, offset, bytes: 0, from: place };
    this.#span.bytes += bytes + 1;
  }

  /** The first event of those taken that is not what its id says, once all have been looked at. */
  async wrong(): Promise<Problem | undefined> {
    this.#handOver();
    await this.#counted;
    return this.#wrong;
  }

  /** Who signed the events, once that has been computed. */
  async signatures({ signaturesChecked }: Claims): Promise<LevelResult> {
    const part = "signatures";
    await this.#counted;
    if (this.#unsound !== undefined) return fail("L3", part, this.#unsound);
    if (this.#unchecked === 0) return pass("L3", part, `${this.#held} events signed by their homeserver`);
    if (signaturesChecked) {
      const reason = `every signature was checked, says completeness.json, and now ${this.#uncheckedReason}`;
      return fail("L3", part, { file: "data/server-keys.json", reason });
    }
    const words = `${this.#unchecked} events cannot be checked: ${this.#uncheckedReason}`;
    return this.#held === 0
      ? notChecked("L3", part, words)
      : pass("L3", part, `${this.#held} events signed by their homeserver; ${words}`);
  }

  #handOver(): void {
    if (this.#span === undefined) return;
    const { from, path, offset, bytes } = this.#span;
    this.#span = undefined;
    const checking = this.#threads.ask({ path, offset, bytes, measure: this.#measure });
    // A failure is told to whoever asks for the result, and to nobody where nobody does.
    checking.catch(() => {});
    this.#counted = this.#counted.then(async () => this.#count(await checking, from));
    this.#counted.catch(() => {});
  }

  #count({ wrong, unsound, held, unchecked, uncheckedReason = "" }: CheckedSpan, from: Place): void {
    const problemOf = ({ index, reason }: { readonly index: number; readonly reason: string }) => ({
      file: from.file,
      line: from.line + index,
      reason,
    });
    if (wrong !== undefined) this.#wrong ??= problemOf(wrong);
    if (unsound !== undefined) this.#unsound ??= problemOf(unsound);
    this.#held += held;
    this.#unchecked += unchecked;
    this.#uncheckedReason ||= uncheckedReason;
  }
}
