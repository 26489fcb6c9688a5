import { type EventId, isEventId } from "../matrix/ids.ts";
import { canonicalJson, NotCanonical } from "../proof/canonical.ts";
import { isJson, type Json, redact } from "../proof/redaction.ts";
import type { RoomRules } from "../proof/roomversion.ts";
import { Output } from "./output.ts";
import type { RecordPlan, RoomRecord } from "./record.ts";
import { claimedTarget } from "./redactions.ts";
import { relationOf } from "./relations.ts";
import type { ArchiveSource, LiveEvent } from "./source.ts";

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
  record: RoomRecord,
  { seal, rules }: Pick<RecordPlan, "seal" | "rules">,
  path: string,
): Promise<LiveComparison> {
  const redacted = await redactedLive(source, record);
  const output = await Output.create(path);
  const tally = new Tally(record);
  let isSealed = false;
  try {
    for await (const live of source.live()) {
      const arrival = readArrival(live);
      if (arrival === undefined) continue;
      const isRecorded = record.graph.placeOf(arrival.id) !== undefined;
      if (record.afterSeal.has(arrival.id) || (isSealed && !isRecorded)) continue;
      isSealed ||= arrival.id === seal;
      tally.count(arrival);
      await output.line(
        asArchived(arrival, redacted.has(arrival.id) || record.redactions.isGone(arrival.id), rules),
      );
    }
  } finally {
    await output.close();
  }
  return tally.result();
}

/**
 * Live events that the walk does not have and that a redaction aims at, with their edits. The homeserver's
 * judgement on them is not known, so the redaction is followed.
 */
async function redactedLive(
  source: Pick<ArchiveSource, "live">,
  record: RoomRecord,
): Promise<ReadonlySet<string>> {
  const redacted = new Set<string>();
  const edits = new Map<string, string>();
  for await (const live of source.live()) {
    const arrival = readArrival(live);
    if (arrival === undefined) continue;
    const { event } = arrival;
    const target = claimedTarget(event);
    if (target !== undefined && record.graph.placeOf(target) === undefined) redacted.add(target);
    const relation = relationOf(event);
    if (relation?.kind === "edit") edits.set(arrival.id, relation.target);
  }
  for (const [edit, target] of edits) {
    if (redacted.has(target) || (isEventId(target) && record.redactions.isGone(target))) redacted.add(edit);
  }
  return redacted;
}

function readArrival({ seq, json }: LiveEvent): Arrival | undefined {
  try {
    const event: unknown = JSON.parse(json);
    if (!isJson(event) || !isEventId(event.event_id)) return undefined;
    canonicalJson(event);
    return { seq, id: event.event_id, event };
  } catch (problem) {
    // What is no event was set aside when it arrived, with the reason; it is not part of the room.
    if (problem instanceof SyntaxError || problem instanceof NotCanonical) return undefined;
    throw problem;
  }
}

/** `unsigned` quotes other events, redacted ones among them: only the marks in it are kept. */
function asArchived({ seq, event }: Arrival, isRedacted: boolean, rules: RoomRules): Json {
  // Synapse repeats some of `unsigned` at the top level for old clients.
  const {
    unsigned,
    age: _,
    prev_content: __,
    replaces_state: ___,
    invite_room_state: ____,
    knock_room_state: _____,
    ...own
  } = event;
  const marks = Object.keys(hiddenMarks).filter((mark) => isJson(unsigned) && unsigned[mark] === true);
  const kept = isRedacted ? redact(own, rules) : own;
  return { seq, event: kept, ...(marks.length === 0 ? {} : { marks }) };
}

class Tally {
  readonly #record: RoomRecord;
  readonly #seen: Uint8Array;
  readonly #onlyLive = new Map<string, Difference>();
  #arrived = 0;

  constructor(record: RoomRecord) {
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
