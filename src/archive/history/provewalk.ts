import type { EventId } from "../../matrix/ids.ts";
import { canonicalJson, membersOf, NotCanonical } from "../../proof/canonical.ts";
import { parents, type SoundPdu, type UnsoundPdu } from "../../proof/pdu.ts";
import { isJson, type Json, redact } from "../../proof/redaction.ts";
import { linesOfFile, parsed } from "../files/lines.ts";
import { Output } from "../files/output.ts";
import { PduWriter, readRecorded, recordedLine } from "../record/pdulog.ts";
import { RecordReader, type RoomRecord } from "../record/record.ts";
import { claimedTarget, editedBy } from "../record/redactions.ts";
import type { Progress } from "../source.ts";
import { ahead } from "./ahead.ts";
import { type Judged, type Measure, provingThreads } from "./prove.ts";
import { oldestFirst, type Walk } from "./walk.ts";

/** What a record is of, and where it is written. */
export interface RecordPlan extends Measure {
  readonly seal?: EventId;
  /** The folder for the files of events. */
  readonly events: string;
  /** A file of our own for what does not hold. */
  readonly scratch: string;
}

/** A record of which every event was proven by itself. */
export interface ProvenRecord extends RoomRecord {
  /** Events after the seal, which are not part of the record. */
  readonly afterSeal: ReadonlySet<string>;
  /** How many events did not hold. */
  readonly unsound: number;
  /** Those events, each with what is wrong with it, as far as an archive may hold them. */
  errors(): AsyncIterable<Json>;
  /** How many events have a signature that could not be checked, by reason. */
  readonly unchecked: ReadonlyMap<string, number>;
}

/** How many bunches of events are on their way: enough that no core waits, few enough that memory does not notice. */
const provenAtOnce = 8;

/**
 * Proves every event of a walk by itself, oldest first, and writes those that hold. One bad event never
 * stops the others: it goes to the errors.
 */
export async function proveWalk(
  walked: Walk,
  plan: RecordPlan,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<ProvenRecord> {
  const writer = await RecordWriter.begin(plan);
  let done = 0;
  await using threads = provingThreads();
  const judging = ahead(oldestFirst(walked), provenAtOnce, async (given) => ({
    given,
    judged: await threads.ask({ given, measure: plan }),
  }));
  try {
    for await (const { given, judged } of judging) {
      signal?.throwIfAborted();
      for (const [index, event] of judged.entries()) await writer.take(event, given[index]);
      done += judged.length;
      report({ step: "proving", done, total: walked.events });
    }
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** Writes a record, event by event. */
class RecordWriter {
  readonly #plan: RecordPlan;
  readonly #scratch: Output;
  readonly #pdus: PduWriter;
  readonly #reader: RecordReader;
  readonly #afterSeal = new Set<string>();
  readonly #unchecked = new Map<string, number>();
  /** What redactions that do not hold themselves aim at: followed among the errors, and nowhere else. */
  readonly #claimedGone = new Set<string>();
  #isFinished = false;
  #unsound = 0;

  private constructor(plan: RecordPlan, scratch: Output) {
    this.#plan = plan;
    this.#scratch = scratch;
    this.#pdus = new PduWriter(plan.events);
    this.#reader = new RecordReader(plan.rules);
  }

  static async begin(plan: RecordPlan): Promise<RecordWriter> {
    return new RecordWriter(plan, await Output.create(plan.scratch));
  }

  /** Takes the next event, oldest first, as it was judged, and as the JSON that it was given as. */
  async take(judged: Judged | UnsoundPdu, given = "null"): Promise<void> {
    if ("unsound" in judged) return this.#setAside(judged, given);
    const { line, content, unchecked } = judged;
    const recorded = readRecorded(line);
    if (recorded === undefined) throw new Error("an event that holds was not written as one");
    const event: SoundPdu = { ...recorded, content };
    if (this.#reader.has(event.id)) return;
    if (this.#followsSeal(event)) {
      this.#afterSeal.add(event.id);
      this.#reader.redactions.afterSeal(event);
      return;
    }
    const kept = this.#reader.take(event);
    if (unchecked !== undefined) this.#unchecked.set(unchecked, (this.#unchecked.get(unchecked) ?? 0) + 1);
    await this.#pdus.append(kept === event ? line : recordedLine(kept.id, membersOf(kept.pdu)));
  }

  /** No event is taken any more; from now on the record can be read. */
  async finish(): Promise<ProvenRecord> {
    await this.#pdus.finish();
    await this.#scratch.close();
    this.#isFinished = true;
    return {
      ...this.#reader.record(this.#pdus.log),
      afterSeal: this.#afterSeal,
      unsound: this.#unsound,
      errors: () => this.#errors(),
      unchecked: this.#unchecked,
    };
  }

  #followsSeal({ pdu }: SoundPdu): boolean {
    return parents(pdu, "prev_events").some((id) => id === this.#plan.seal || this.#afterSeal.has(id));
  }

  async #setAside({ unsound, claimed }: UnsoundPdu, given: string): Promise<void> {
    this.#unsound += 1;
    const event = parsed(given);
    const target = isJson(event) ? claimedTarget(event) : undefined;
    if (target !== undefined) this.#claimedGone.add(target);
    await this.#scratch.write(`${JSON.stringify({ id: claimed, reason: unsound, given: event })}\n`);
  }

  /** Lets go of the files of a record that was not finished. */
  async close(): Promise<void> {
    if (this.#isFinished) return;
    await this.#pdus.close();
    await this.#scratch.close();
  }

  async *#errors(): AsyncGenerator<Json> {
    for await (const line of linesOfFile(this.#plan.scratch)) {
      const error: unknown = JSON.parse(line);
      if (isJson(error)) yield this.#withoutRedacted(error);
    }
  }

  #withoutRedacted({ id, reason, given }: Json): Json {
    const named = { what: "event", id: typeof id === "string" ? id : null, reason };
    if (!isJson(given)) return named;
    const { unsigned: _, ...event } = given;
    const shown = [id, editedBy(event)].some((each) => this.#isGone(each))
      ? redact(event, this.#plan.rules)
      : event;
    return hasCanonicalForm(shown) ? { ...named, event: shown } : named;
  }

  #isGone(id: unknown): boolean {
    if (!isId(id)) return false;
    const { redactions } = this.#reader;
    return this.#claimedGone.has(id) || redactions.isGone(id) || redactions.aimedAt(id) !== undefined;
  }
}

function hasCanonicalForm(value: unknown): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch (problem) {
    if (problem instanceof NotCanonical) return false;
    throw problem;
  }
}

function isId(value: unknown): value is `$${string}` {
  return typeof value === "string" && value.startsWith("$");
}
