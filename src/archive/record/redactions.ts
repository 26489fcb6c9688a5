import { text } from "../../matrix/event.ts";
import { isEventId } from "../../matrix/ids.ts";
import { redactionTarget, type SoundPdu } from "../../proof/pdu.ts";
import { type Json, redact } from "../../proof/redaction.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import { eventTime } from "./pdulog.ts";
import { relationOf } from "./relations.ts";

type Id = `$${string}`;

/** One line of `redactions.ndjson`: whose content is gone, and who took it away, when and why. */
export type Redaction =
  | {
      readonly target: Id;
      readonly because: "redaction";
      readonly redaction: Id;
      readonly by: string;
      readonly at: number;
      readonly reason?: string;
      /** `kept`: the homeserver did not follow the redaction, or there was nothing to take away. */
      readonly effect: "removed" | "kept" | "target-absent";
      /** The redaction itself, where it came after the seal and so is not among the events. */
      readonly pdu?: Json;
    }
  /** An edit carries the text that was taken away, so it goes with the message that it edits. */
  | { readonly target: Id; readonly because: "edit-of-redacted"; readonly of: Id };

/**
 * What was redacted, gathered while the events pass oldest first. The homeserver has taken the content away
 * already; here the edits follow.
 */
export class Redactions {
  readonly #rules: RoomRules;
  readonly #withdrawn: ReadonlyMap<Id, Id>;
  readonly #gone = new Set<Id>();
  readonly #goneWith = new Map<Id, Id>();
  readonly #list: Redaction[] = [];
  readonly #aimedAt = new Map<Id, Redaction & { readonly because: "redaction" }>();

  /** `withdrawn` holds edits that lost their content in an archive already, with the message that each edited. */
  constructor(rules: RoomRules, withdrawn: ReadonlyMap<Id, Id> = new Map()) {
    this.#rules = rules;
    this.#withdrawn = withdrawn;
  }

  /** Takes note of an event and gives it back as the archive may hold it. */
  pass(event: SoundPdu): SoundPdu {
    const edited = this.#withdrawn.get(event.id) ?? editedBy(event.pdu);
    if (edited !== undefined && this.#gone.has(edited)) {
      this.#gone.add(event.id);
      this.#goneWith.set(event.id, edited);
      this.#list.push({ target: event.id, because: "edit-of-redacted", of: edited });
      return { ...event, pdu: redact(event.pdu, this.#rules), content: "redacted" };
    }
    if (event.content === "redacted") this.#gone.add(event.id);
    this.#seeRedaction(event.id, event.pdu, false);
    return event;
  }

  /** Takes note of a redaction that came after the seal: it counts, though it is not part of the record. */
  afterSeal(event: SoundPdu): void {
    this.#seeRedaction(event.id, event.pdu, true);
  }

  /** How many events have lost their content. */
  get count(): number {
    return this.#gone.size;
  }

  isGone(id: Id): boolean {
    return this.#gone.has(id);
  }

  /** The event whose redaction took the content of this one, an edit of it, away as well. */
  goneWith(id: Id): Id | undefined {
    return this.#goneWith.get(id);
  }

  /** The redaction that aims at an event, whether or not the homeserver followed it. */
  aimedAt(id: Id): (Redaction & { readonly because: "redaction" }) | undefined {
    return this.#aimedAt.get(id);
  }

  /** All redactions, each with what came of it. `isThere` says whether an event is in the record. */
  list(isThere: (id: Id) => boolean): readonly Redaction[] {
    return this.#list.map((redaction) => {
      if (redaction.because !== "redaction") return redaction;
      const effect = this.#gone.has(redaction.target) ? "removed" : "kept";
      return { ...redaction, effect: isThere(redaction.target) ? effect : "target-absent" };
    });
  }

  /** Redacted events that nothing in the room says who redacted. */
  unexplained(): readonly Id[] {
    const explained = new Set(this.#list.map((redaction) => redaction.target));
    return [...this.#gone].filter((id) => !explained.has(id));
  }

  #seeRedaction(id: Id, pdu: Json, afterSeal: boolean): void {
    const target = redactionTarget(pdu, this.#rules);
    if (target === undefined) return;
    const reason = text(pdu.content, "reason");
    const redaction = {
      target,
      because: "redaction",
      redaction: id,
      by: typeof pdu.sender === "string" ? pdu.sender : "",
      at: eventTime(pdu),
      effect: "kept",
      ...(reason === undefined ? {} : { reason }),
      ...(afterSeal ? { pdu } : {}),
    } as const;
    this.#list.push(redaction);
    if (!this.#aimedAt.has(target)) this.#aimedAt.set(target, redaction);
  }
}

/** The event that a redaction is about, where nobody knows whether it is what it says. */
export function claimedTarget(event: Json): Id | undefined {
  if (event.type !== "m.room.redaction") return undefined;
  const target = event.redacts ?? text(event.content, "redacts");
  return isEventId(target) ? target : undefined;
}

/** The event whose text an edit gives anew. */
export function editedBy(pdu: Json): Id | undefined {
  const relation = relationOf(pdu);
  return relation?.kind === "edit" ? relation.target : undefined;
}
