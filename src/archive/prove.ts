import { provePdu, type SoundPdu, type UnsoundPdu } from "../proof/pdu.ts";
import type { RoomRules } from "../proof/roomversion.ts";
import type { ServerKeys } from "../proof/serverkeys.ts";
import { checkSignatures } from "../proof/signature.ts";

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

/** How many events are proven at once: enough that no core waits, few enough that memory does not notice. */
export const provenAtOnce = 64;

/** Proves an event of the homeserver's by itself: its id, its content, its room and its signatures. */
export async function prove(given: unknown, { room, rules, keys }: Measure): Promise<Judged | UnsoundPdu> {
  const event = provePdu(given, rules);
  if ("unsound" in event) return event;
  if (!belongsTo(room, event)) return { unsound: "it belongs to another room", claimed: event.id };
  const signatures = await checkSignatures(event, keys);
  if (signatures === "hold") return { event };
  return "unsound" in signatures ? { ...signatures, claimed: event.id } : { event, ...signatures };
}

/** In room version 12 the create event cannot name its room, whose id is the event's own. */
export function belongsTo(room: string | undefined, { id, pdu }: SoundPdu): boolean {
  return pdu.room_id === room || (pdu.room_id === undefined && room === `!${id.slice(1)}`);
}
