import { type ProvenPdu, provePdu, type SoundPdu, type UnsoundPdu } from "../../proof/pdu.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import type { ServerKeys } from "../../proof/serverkeys.ts";
import { type LookedAt, lookAtSignatures, type Signatures, settleSignatures } from "../../proof/signature.ts";
import { recordedLine } from "../record/pdulog.ts";
import { archiveScripts } from "../scripts.ts";
import { Threads } from "../threads.ts";

/** What events of a room are held against. */
export interface Measure {
  readonly room: string | undefined;
  readonly rules: RoomRules;
  /** The homeserver's keys, where it gave some. */
  readonly keys?: ServerKeys;
}

/** An event that holds, as a line of a file of events; `unchecked` says why a signature of it could not be checked. */
export interface Judged {
  readonly line: string;
  readonly content: SoundPdu["content"];
  readonly unchecked?: string;
}

/** Events as a homeserver gave them, each as JSON. */
export interface ToProve {
  readonly given: readonly string[];
  readonly measure: Measure;
}

/** Threads that prove events. */
export function provingThreads(): Threads<ToProve, readonly (Judged | UnsoundPdu)[]> {
  return new Threads(archiveScripts.prove, prove);
}

/** Proves events of a homeserver's, each by itself: its id, its content, its room and its signatures. */
export function prove({ given, measure }: ToProve): readonly (Judged | UnsoundPdu)[] {
  const looked = given.map((json) => lookAt(provePdu(JSON.parse(json), measure.rules), measure));
  return looked.map((each) =>
    "unsound" in each ? each : judge(each.event, settleSignatures(each.signatures)),
  );
}

function lookAt(
  event: ProvenPdu | UnsoundPdu,
  { room, keys }: Measure,
): UnsoundPdu | { readonly event: ProvenPdu; readonly signatures: LookedAt } {
  if ("unsound" in event) return event;
  if (!belongsTo(room, event)) return { unsound: "it belongs to another room", claimed: event.id };
  return { event, signatures: lookAtSignatures(event, keys) };
}

function judge({ id, content, members }: ProvenPdu, signatures: Signatures): Judged | UnsoundPdu {
  if (signatures !== "hold" && "unsound" in signatures) return { ...signatures, claimed: id };
  const holds = { line: recordedLine(id, members), content };
  return signatures === "hold" ? holds : { ...holds, ...signatures };
}

/** In room version 12 the create event cannot name its room, whose id is the event's own. */
export function belongsTo(room: string | undefined, { id, pdu }: SoundPdu): boolean {
  return pdu.room_id === room || (pdu.room_id === undefined && room === `!${id.slice(1)}`);
}
