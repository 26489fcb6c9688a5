import { closeSync, openSync, readSync } from "node:fs";
import { NotCanonical } from "../../proof/canonical.ts";
import { checkPdu, type ProvenPdu } from "../../proof/pdu.ts";
import { lookAtSignatures, settleSignatures } from "../../proof/signature.ts";
import { linesIn } from "../files/lines.ts";
import { belongsTo, type Measure } from "../history/prove.ts";
import { readRecorded, recordedLine } from "../record/pdulog.ts";
import { archiveScripts } from "../scripts.ts";
import { Threads } from "../threads.ts";

/** Lines of a file of events, by where they lie: whoever checks them reads them for themselves. */
export interface Span {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  readonly measure: Measure;
}

/** Something that is wrong with the event of a line, counted from 0 within its span. */
interface Wrong {
  readonly index: number;
  readonly reason: string;
}

/** What came of a span. Where an event is not what its id says, those after it were not looked at. */
export interface CheckedSpan {
  readonly wrong?: Wrong;
  /** The first signature that does not hold. */
  readonly unsound?: Wrong;
  /** How many events are signed by their homeserver, and of how many that cannot be known. */
  readonly held: number;
  readonly unchecked: number;
  /** Why not, of the first of those. */
  readonly uncheckedReason?: string;
}

/** Threads that check spans. */
export function checkingThreads(): Threads<Span, CheckedSpan> {
  return new Threads(archiveScripts.check, checkSpan);
}

/** Checks events by themselves: that each is what its id says, written as an archive writes it, and signed. */
export function checkSpan(span: Span): CheckedSpan {
  const { measure } = span;
  const found = { held: 0, unchecked: 0 };
  const first: { unsound?: Wrong; uncheckedReason?: string } = {};
  const looked = [];
  for (const [index, line] of linesIn(bytesOf(span)).entries()) {
    const event = readEvent(line, measure);
    if ("wrong" in event) return { ...found, wrong: { index, reason: event.wrong } };
    looked.push({ id: event.id, signatures: lookAtSignatures(event, measure.keys) });
  }
  for (const [index, { id, signatures }] of looked.entries()) {
    const settled = settleSignatures(signatures);
    if (settled === "hold") found.held += 1;
    else if ("unsound" in settled) {
      first.unsound ??= { index, reason: `${id}: ${settled.unsound}` };
    } else {
      found.unchecked += 1;
      first.uncheckedReason ??= settled.unchecked;
    }
  }
  return { ...found, ...first };
}

/** Filled by one span after the other: a collector would come too late for a new one each time. */
let room = Buffer.alloc(0);

function bytesOf({ path, offset, bytes }: Span): Buffer {
  if (room.length < bytes) room = Buffer.alloc(bytes);
  const file = openSync(path, "r");
  try {
    return room.subarray(0, readSync(file, room, 0, bytes, offset));
  } finally {
    closeSync(file);
  }
}

/** A line of a file of events: the event, or what is wrong with it. */
function readEvent(json: string, { room, rules }: Measure): ProvenPdu | { readonly wrong: string } {
  const recorded = readRecorded(json);
  if (recorded === undefined) return { wrong: "it is not an event with its id" };
  const { id, pdu } = recorded;
  try {
    const event = checkPdu(id, pdu, rules);
    if ("unsound" in event) return { wrong: `${id}: ${event.unsound}` };
    if (recordedLine(id, event.members) !== json) {
      return { wrong: "it is written in another way than an archive writes it" };
    }
    if (!belongsTo(room, event)) return { wrong: `${id} belongs to another room than manifest.json says` };
    return event;
  } catch (problem) {
    if (problem instanceof NotCanonical) return { wrong: `${id} has no canonical form: ${problem.message}` };
    throw problem;
  }
}
