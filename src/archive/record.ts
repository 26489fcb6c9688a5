import type { EventId } from "../matrix/ids.ts";
import { canonicalJson, NotCanonical } from "../proof/canonical.ts";
import { parents, type SoundPdu, type UnsoundPdu } from "../proof/pdu.ts";
import { isJson, type Json, redact } from "../proof/redaction.ts";
import { ahead } from "./ahead.ts";
import { EventGraph } from "./graph.ts";
import { linesOfFile } from "./lines.ts";
import { Output } from "./output.ts";
import { PduLog } from "./pdulog.ts";
import { People, PowerLevels } from "./people.ts";
import { type Judged, type Measure, prove, provenAtOnce } from "./prove.ts";
import { Redactions } from "./redactions.ts";
import { Relations, relationOf } from "./relations.ts";
import type { Progress } from "./source.ts";
import { oldestFirst, type Walk } from "./walk.ts";

/** What a record is of, and where it is written. */
export interface RecordPlan extends Measure {
  readonly seal?: EventId;
  /** The folder for the files of events. */
  readonly events: string;
  /** The file for what does not hold. */
  readonly errors: string;
  /** A file of our own for the meantime. */
  readonly scratch: string;
  /** Where the events come from an archive: edits that went with the message that they edited. */
  readonly withdrawn?: ReadonlyMap<`$${string}`, `$${string}`>;
}

/** The room's events up to the seal, each proven by itself, and what was learned while they passed. */
export interface RoomRecord {
  readonly log: PduLog;
  readonly graph: EventGraph;
  readonly relations: Relations;
  readonly people: People;
  readonly powerLevels: PowerLevels;
  readonly redactions: Redactions;
  /** The event that made the room. */
  readonly creation: string | undefined;
  /** How many messages there are, without edits and without those that were redacted. */
  readonly messages: number;
  /** Events after the seal, which are not part of the record. */
  readonly afterSeal: ReadonlySet<string>;
  /** How many events did not hold and stand in the file of errors. */
  readonly unsound: number;
  /** How many events have a signature that could not be checked, by reason. */
  readonly unchecked: ReadonlyMap<string, number>;
}

/**
 * Proves every event of a walk by itself, oldest first, and writes those that hold. One bad event never
 * stops the others: it goes to the errors.
 */
export async function proveWalk(
  walked: Walk,
  plan: RecordPlan,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<RoomRecord> {
  const writer = await RecordWriter.begin(plan);
  let done = 0;
  const judging = ahead(oldestFirst(walked), provenAtOnce, async (given) => ({
    given,
    judged: await prove(given, plan),
  }));
  try {
    for await (const { given, judged } of judging) {
      signal?.throwIfAborted();
      await writer.take(given, judged);
      done += 1;
      if (done % 1000 === 0 || done === walked.events) {
        report({ step: "proving", done, total: walked.events });
      }
    }
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** Writes a record, event by event. */
export class RecordWriter {
  readonly #plan: RecordPlan;
  readonly #scratch: Output;
  readonly #log: PduLog;
  readonly #graph = new EventGraph();
  readonly #relations = new Relations();
  readonly #people = new People();
  readonly #powerLevels = new PowerLevels();
  readonly #redactions: Redactions;
  readonly #afterSeal = new Set<string>();
  readonly #unchecked = new Map<string, number>();
  #isFinished = false;
  #unsound = 0;
  #messages = 0;
  #creation: string | undefined;

  private constructor(plan: RecordPlan, scratch: Output) {
    this.#plan = plan;
    this.#scratch = scratch;
    this.#log = new PduLog(plan.events);
    this.#redactions = new Redactions(plan.rules, plan.withdrawn);
  }

  static async begin(plan: RecordPlan): Promise<RecordWriter> {
    return new RecordWriter(plan, await Output.create(plan.scratch));
  }

  /** Takes the next event, oldest first, as it was given and as it was judged. */
  async take(given: unknown, judged: Judged | UnsoundPdu): Promise<void> {
    if ("unsound" in judged) return this.#setAside(given, judged);
    const { event: sound, unchecked } = judged;
    if (this.#graph.placeOf(sound.id) !== undefined) return;
    const prev = parents(sound.pdu, "prev_events");
    if (this.#followsSeal(prev)) return this.takeLater(sound);
    const event = this.#redactions.pass(sound);
    this.#graph.add(event.id, prev, parents(event.pdu, "auth_events"));
    this.#relations.see(event);
    this.#people.see(event);
    this.#powerLevels.see(event);
    if (event.pdu.type === "m.room.create") this.#creation ??= event.id;
    if (isMessage(event)) this.#messages += 1;
    if (unchecked !== undefined) this.#unchecked.set(unchecked, (this.#unchecked.get(unchecked) ?? 0) + 1);
    await this.#log.append(event);
  }

  /** Takes note of an event after the seal, which is not part of the record. */
  takeLater(event: SoundPdu): void {
    this.#afterSeal.add(event.id);
    this.#redactions.afterSeal(event);
  }

  /** No event is taken any more; from now on the record can be read. */
  async finish(): Promise<RoomRecord> {
    await this.#log.finish();
    await this.#scratch.close();
    this.#isFinished = true;
    await this.#writeErrors();
    return {
      log: this.#log,
      graph: this.#graph,
      relations: this.#relations,
      people: this.#people,
      powerLevels: this.#powerLevels,
      redactions: this.#redactions,
      creation: this.#creation,
      messages: this.#messages,
      afterSeal: this.#afterSeal,
      unsound: this.#unsound,
      unchecked: this.#unchecked,
    };
  }

  #followsSeal(prev: readonly string[]): boolean {
    return prev.some((id) => id === this.#plan.seal || this.#afterSeal.has(id));
  }

  async #setAside(given: unknown, { unsound, claimed }: UnsoundPdu): Promise<void> {
    this.#unsound += 1;
    await this.#scratch.write(`${JSON.stringify({ id: claimed, reason: unsound, given })}\n`);
  }

  /** Lets go of the files of a record that was not finished. */
  async close(): Promise<void> {
    if (this.#isFinished) return;
    await this.#log.close();
    await this.#scratch.close();
  }

  /** Written last, when every redaction is known: what was redacted must not survive among the errors. */
  async #writeErrors(): Promise<void> {
    const errors = await Output.create(this.#plan.errors);
    try {
      for await (const line of linesOfFile(this.#plan.scratch)) {
        const error: unknown = JSON.parse(line);
        if (isJson(error)) await errors.line(this.#withoutRedacted(error));
      }
    } finally {
      await errors.close();
    }
  }

  #withoutRedacted({ id, reason, given }: Json): Json {
    const named = { what: "event", id: typeof id === "string" ? id : null, reason };
    if (!isJson(given)) return named;
    const { unsigned: _, ...event } = given;
    const isRedacted = isId(id) && this.#redactions.aimedAt(id) !== undefined;
    const shown = isRedacted ? redact(event, this.#plan.rules) : event;
    return hasCanonicalForm(shown) ? { ...named, event: shown } : named;
  }
}

function isMessage({ pdu, content }: SoundPdu): boolean {
  return pdu.type === "m.room.message" && content === "whole" && relationOf(pdu)?.kind !== "edit";
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
