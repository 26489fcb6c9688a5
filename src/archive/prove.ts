import { provePdu, type SoundPdu, type UnsoundPdu } from "../proof/pdu.ts";
import type { RoomRules } from "../proof/roomversion.ts";
import type { ServerKeys } from "../proof/serverkeys.ts";
import { lookAtSignatures, type SignatureSum, type Signatures } from "../proof/signature.ts";
import type { SignatureThreads } from "../proof/signaturethreads.ts";

/** What events of a room are held against. */
export interface Measure {
  readonly room: string | undefined;
  readonly rules: RoomRules;
  /** The homeserver's keys, where it gave some. */
  readonly keys?: ServerKeys;
}

/** An event that holds; `unchecked` says why a signature of it could not be checked. */
export interface Judged {
  readonly event: SoundPdu;
  readonly unchecked?: string;
}

/** An event as a homeserver gave it, and as it was judged. */
export interface Proven {
  readonly given: unknown;
  readonly judged: Judged | UnsoundPdu;
}

/** How many events are proven together: enough that handing them to a thread costs nothing to speak of. */
export const provenTogether = 200;
/** How many times as many are on their way: enough that no core waits, few enough that memory does not notice. */
export const provenAtOnce = 8;

/** Proves events of a homeserver's, each by itself: its id, its content, its room and its signatures. */
export async function prove(
  events: readonly unknown[],
  measure: Measure,
  threads: SignatureThreads,
): Promise<readonly Proven[]> {
  const looked = events.map((given) => lookAt(given, measure));
  const found = looked.map((each) => ("unsound" in each ? each : each.signatures));
  const signatures = await threads.settle(found, measure.keys?.keys);
  return looked.map((each, index) => ({
    given: events[index],
    judged: "unsound" in each ? each : judge(each.event, signatures[index]),
  }));
}

function lookAt(
  given: unknown,
  { room, rules, keys }: Measure,
): UnsoundPdu | { readonly event: SoundPdu; readonly signatures: Signatures | SignatureSum } {
  const event = provePdu(given, rules);
  if ("unsound" in event) return event;
  if (!belongsTo(room, event)) return { unsound: "it belongs to another room", claimed: event.id };
  return { event, signatures: lookAtSignatures(event, keys) };
}

function judge(event: SoundPdu, signatures: Signatures | undefined): Judged | UnsoundPdu {
  if (signatures === undefined) throw new Error("signatures of an event were not looked at");
  if (signatures === "hold") return { event };
  return "unsound" in signatures ? { ...signatures, claimed: event.id } : { event, ...signatures };
}

/** In room version 12 the create event cannot name its room, whose id is the event's own. */
export function belongsTo(room: string | undefined, { id, pdu }: SoundPdu): boolean {
  return pdu.room_id === room || (pdu.room_id === undefined && room === `!${id.slice(1)}`);
}
