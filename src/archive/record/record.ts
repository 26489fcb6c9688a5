import { parents, type SoundPdu } from "../../proof/pdu.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import { EventGraph } from "./graph.ts";
import type { PduLog } from "./pdulog.ts";
import { People, PowerLevels } from "./people.ts";
import { Redactions } from "./redactions.ts";
import { Relations, relationOf } from "./relations.ts";

/** The room's events up to the seal, and what was learned while they passed. */
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
}

/** Learns from events, each of which holds by itself, while they pass. */
export class RecordReader {
  readonly graph = new EventGraph();
  readonly redactions: Redactions;
  readonly #relations = new Relations();
  readonly #people = new People();
  readonly #powerLevels = new PowerLevels();
  #messages = 0;
  #creation: string | undefined;

  /** `withdrawn`, where events come from an archive: edits that went with the message that they edited. */
  constructor(rules: RoomRules, withdrawn?: ReadonlyMap<`$${string}`, `$${string}`>) {
    this.redactions = new Redactions(rules, withdrawn);
  }

  has(id: `$${string}`): boolean {
    return this.graph.placeOf(id) !== undefined;
  }

  /** Takes the next event, oldest first, and gives it back as the archive may hold it. */
  take(sound: SoundPdu): SoundPdu {
    const event = this.redactions.pass(sound);
    this.graph.add(event.id, parents(event.pdu, "prev_events"), parents(event.pdu, "auth_events"));
    this.#relations.see(event, this.graph);
    this.#people.see(event);
    this.#powerLevels.see(event);
    if (event.pdu.type === "m.room.create") this.#creation ??= event.id;
    if (isMessage(event)) this.#messages += 1;
    return event;
  }

  /** The record of all events that were taken, which lie in `log`. */
  record(log: PduLog): RoomRecord {
    return {
      log,
      graph: this.graph,
      relations: this.#relations,
      people: this.#people,
      powerLevels: this.#powerLevels,
      redactions: this.redactions,
      creation: this.#creation,
      messages: this.#messages,
    };
  }
}

function isMessage({ pdu, content }: SoundPdu): boolean {
  return pdu.type === "m.room.message" && content === "whole" && relationOf(pdu)?.kind !== "edit";
}
