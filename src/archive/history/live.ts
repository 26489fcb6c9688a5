import { type EventId, isEventId } from "../../matrix/ids.ts";
import { canonicalJson, type Member, membersOf, NotCanonical, objectOf } from "../../proof/canonical.ts";
import { isJson, type Json, redact } from "../../proof/redaction.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import { Output } from "../files/output.ts";
import { claimedTarget, editedBy } from "../record/redactions.ts";
import type { ArchiveSource, LiveEvent } from "../source.ts";
import type { ProvenRecord, RecordPlan } from "./provewalk.ts";

/** An event that only one of the two has; without a reason it is a gap that nobody can explain. */
interface Difference {
  readonly id: string;
  readonly reason?: string;
}

/** What arrived live, compared with what the homeserver still has. */
export interface LiveComparison {
  readonly arrived: number;
  readonly both: number;
  readonly onlyLive: readonly Difference[];
  /** How many events the homeserver has and never delivered, by reason. */
  readonly onlyWalked: Readonly<Record<string, number>>;
}

interface Arrival {
  readonly seq: number;
  readonly id: EventId;
  readonly event: Json;
  readonly members: readonly Member[];
}

/** Marks that Synapse puts on events it took in and never showed to anybody. */
const hiddenMarks = {
  "io.element.synapse.soft_failed": "soft-failed: the homeserver took it in and showed it to nobody",
  "io.element.synapse.policy_server_spammy": "held back by the policy server, shown to nobody",
} as const;

/** What Synapse hands to application services and shows to nobody else, not in a room's history either. */
const hiddenTypes: ReadonlyMap<unknown, string> = new Map([
  ["org.matrix.dummy_event", "a dummy of the homeserver's, which only ties branches together"],
  ["m.room.aliases", "of a kind that the homeserver shows to nobody"],
]);

/**
 * Writes what arrived live and compares it with the record. Redacted content is not written, whenever it was
 * redacted. What arrived after the seal and is not in the record is left out.
 */
export async function compareLive(
  source: Pick<ArchiveSource, "live">,
  record: ProvenRecord,
  plan: Pick<RecordPlan, "seal" | "rules">,
  path: string,
): Promise<LiveComparison> {
  let known: ReadonlySet<string> = new Set();
  for (;;) {
    const { comparison, redacted } = await writeLive(source, record, plan, known, path);
    // Mostly there is nothing that only a live redaction aims at. Where there is, it may have been written already.
    if ([...redacted].every((id) => known.has(id))) return comparison;
    known = redacted;
  }
}

/** Writes what arrived live without the content of what is `known` to be redacted besides what the record tells. */
async function writeLive(
  source: Pick<ArchiveSource, "live">,
  record: ProvenRecord,
  { seal, rules }: Pick<RecordPlan, "seal" | "rules">,
  known: ReadonlySet<string>,
  path: string,
): Promise<{ readonly comparison: LiveComparison; readonly redacted: ReadonlySet<string> }> {
  const output = await Output.create(path);
  const tally = new Tally(record);
  const redactions = new LiveRedactions(record);
  let isSealed = false;
  try {
    for await (const live of source.live()) {
      const arrival = readArrival(live);
      if (arrival === undefined) continue;
      redactions.see(arrival);
      const isRecorded = record.graph.placeOf(arrival.id) !== undefined;
      if (record.afterSeal.has(arrival.id) || (isSealed && !isRecorded)) continue;
      isSealed ||= arrival.id === seal;
      tally.count(arrival);
      const isGone = known.has(arrival.id) || record.redactions.isGone(arrival.id);
      await output.write(`${asArchived(arrival, isGone, rules)}\n`);
    }
  } finally {
    await output.close();
  }
  return { comparison: tally.result(), redacted: redactions.redacted() };
}

/**
 * Live events that the walk does not have and that a redaction aims at, with edits. The homeserver's judgement on
 * them is not known, so the redaction is followed.
 */
class LiveRedactions {
  readonly #record: ProvenRecord;
  readonly #aimedAt = new Set<string>();
  /** Edits that the record does not follow by itself, with the message that each edits. */
  readonly #edits = new Map<string, EventId>();

  constructor(record: ProvenRecord) {
    this.#record = record;
  }

  see({ id, event }: Arrival): void {
    const target = claimedTarget(event);
    if (target !== undefined && this.#record.graph.placeOf(target) === undefined) this.#aimedAt.add(target);
    const edited = editedBy(event);
    if (edited !== undefined && !this.#record.redactions.isGone(id)) this.#edits.set(id, edited);
  }

  redacted(): ReadonlySet<string> {
    const edits = Array.from(this.#edits).filter(
      ([, edited]) => this.#aimedAt.has(edited) || this.#record.redactions.isGone(edited),
    );
    return new Set([...this.#aimedAt, ...edits.map(([edit]) => edit)]);
  }
}

function readArrival({ seq, json }: LiveEvent): Arrival | undefined {
  try {
    const event: unknown = JSON.parse(json);
    if (!isJson(event) || !isEventId(event.event_id)) return undefined;
    return { seq, id: event.event_id, event, members: membersOf(event) };
  } catch (problem) {
    // What is no event was set aside when it arrived, with the reason; it is not part of the room.
    if (problem instanceof SyntaxError || problem instanceof NotCanonical) return undefined;
    throw problem;
  }
}

/** What Synapse repeats of `unsigned` at the top level for old clients, and that itself. */
const quoted: ReadonlySet<string> = new Set([
  "unsigned",
  "age",
  "prev_content",
  "replaces_state",
  "invite_room_state",
  "knock_room_state",
]);

/** The line of an arrival. `unsigned` quotes other events, redacted ones among them: only the marks in it are kept. */
function asArchived({ seq, event, members }: Arrival, isRedacted: boolean, rules: RoomRules): string {
  const { unsigned } = event;
  const marks = Object.keys(hiddenMarks).filter((mark) => isJson(unsigned) && unsigned[mark] === true);
  const own = members.filter(({ name }) => !quoted.has(name));
  const kept = isRedacted ? canonicalJson(redact(event, rules)) : objectOf(own);
  const marked = marks.length === 0 ? "" : `"marks":${canonicalJson(marks)},`;
  return `{"event":${kept},${marked}"seq":${seq}}`;
}

class Tally {
  readonly #record: ProvenRecord;
  readonly #seen: Uint8Array;
  readonly #onlyLive = new Map<string, Difference>();
  #arrived = 0;

  constructor(record: ProvenRecord) {
    this.#record = record;
    this.#seen = new Uint8Array(record.graph.size);
  }

  count({ id, event }: Arrival): void {
    this.#arrived += 1;
    const place = this.#record.graph.placeOf(id);
    if (place !== undefined) this.#seen[place] = 1;
    else if (!this.#onlyLive.has(id)) this.#onlyLive.set(id, { id, ...reasonFor(event) });
  }

  result(): LiveComparison {
    const first = this.#seen.indexOf(1);
    const onlyWalked: Record<string, number> = {};
    for (const [place, seen] of this.#seen.entries()) {
      if (seen === 1) continue;
      const reason = first === -1 || place < first ? "before the service listened" : "never delivered";
      onlyWalked[reason] = (onlyWalked[reason] ?? 0) + 1;
    }
    const both = this.#seen.reduce((sum, seen) => sum + seen, 0);
    return { arrived: this.#arrived, both, onlyLive: [...this.#onlyLive.values()], onlyWalked };
  }
}

function reasonFor(event: Json): { readonly reason?: string } {
  const unsigned = isJson(event.unsigned) ? event.unsigned : {};
  const mark = Object.entries(hiddenMarks).find(([name]) => unsigned[name] === true);
  const reason = mark?.[1] ?? hiddenTypes.get(event.type);
  return reason === undefined ? {} : { reason };
}
