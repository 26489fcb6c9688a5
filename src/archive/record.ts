import type { EventId } from "../matrix/ids.ts";
import { canonicalJson, NotCanonical } from "../proof/canonical.ts";
import { parents, type SoundPdu, type UnsoundPdu } from "../proof/pdu.ts";
import { isJson, type Json, redact } from "../proof/redaction.ts";
import { SignatureThreads } from "../proof/signaturethreads.ts";
import { ahead, inGroups } from "./ahead.ts";
import { EventGraph } from "./graph.ts";
import { linesOfFile } from "./lines.ts";
import { Output } from "./output.ts";
import { PduLog } from "./pdulog.ts";
import { People, PowerLevels } from "./people.ts";
import { type Judged, type Measure, prove, provenAtOnce, provenTogether } from "./prove.ts";
import { claimedTarget, editedBy, Redactions } from "./redactions.ts";
import { Relations, relationOf } from "./relations.ts";
import type { Progress } from "./source.ts";
import { oldestFirst, type Walk } from "./walk.ts";

/** What a record is of, and where it is written. */
export interface RecordPlan extends Measure {
  readonly seal?: EventId;
  /** The folder for the files of events. */
  readonly events: string;
  /** A file of our own for what does not hold. */
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
  /** How many events did not hold. */
  readonly unsound: number;
  /** Those events, each with what is wrong with it, as far as an archive may hold them. */
  errors(): AsyncIterable<Json>;
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
  await using threads = new SignatureThreads();
  const judging = ahead(inGroups(oldestFirst(walked), provenTogether), provenAtOnce, (events) =>
    prove(events, plan, threads),
  );
  try {
    for await (const group of judging) {
      signal?.throwIfAborted();
      for (const { given, judged } of group) await writer.take(given, judged);
      done += group.length;
      report({ step: "proving", done, total: walked.events });
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
  /** What redactions that do not hold themselves aim at: followed among the errors, and nowhere else. */
  readonly #claimedGone = new Set<string>();
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
      errors: () => this.#errors(),
      unchecked: this.#unchecked,
    };
  }

  #followsSeal(prev: readonly string[]): boolean {
    return prev.some((id) => id === this.#plan.seal || this.#afterSeal.has(id));
  }

  async #setAside(given: unknown, { unsound, claimed }: UnsoundPdu): Promise<void> {
    this.#unsound += 1;
    const target = isJson(given) ? claimedTarget(given) : undefined;
    if (target !== undefined) this.#claimedGone.add(target);
    await this.#scratch.write(`${JSON.stringify({ id: claimed, reason: unsound, given })}\n`);
  }

  /** Lets go of the files of a record that was not finished. */
  async close(): Promise<void> {
    if (this.#isFinished) return;
    await this.#log.close();
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
    return (
      this.#claimedGone.has(id) || this.#redactions.isGone(id) || this.#redactions.aimedAt(id) !== undefined
    );
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
