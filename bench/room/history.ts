import { keep } from "../../src/journal/inbox.ts";
import { redactionTarget } from "../../src/proof/pdu.ts";
import { type Json, redact } from "../../src/proof/redaction.ts";
import type { RoomRules } from "../../src/proof/roomversion.ts";
import type { Queries } from "../../src/store/store.ts";
import type { Signed } from "./signing.ts";
import { writePage } from "./stored.ts";

/** As many events as a homeserver gives at once. */
const eventsPerPage = 1000;

/** A room's events on their two ways: live into the service's store, and as the homeserver's history. */
export class History {
  readonly #folder: string;
  readonly #db: Queries;
  readonly #rules: RoomRules;
  readonly #now: () => number;
  #page: Json[] = [];
  #live: { readonly eventId: string; readonly roomId: string; readonly json: string }[] = [];
  #pages = 0;
  #count = 0;

  constructor(folder: string, db: Queries, rules: RoomRules, now: () => number) {
    this.#folder = folder;
    this.#db = db;
    this.#rules = rules;
    this.#now = now;
  }

  get count(): number {
    return this.#count;
  }

  get pages(): number {
    return this.#pages;
  }

  /** Adds the next event. One that will be redacted arrives whole, and is not whole in the history any more. */
  async add({ id, pdu }: Signed, room: string, willBeRedacted: boolean): Promise<void> {
    this.#count += 1;
    this.#page.push(this.#given(id, willBeRedacted ? redact(pdu, this.#rules) : pdu, room));
    this.#live.push({ eventId: id, roomId: room, json: JSON.stringify(inClientFormat(id, pdu, room)) });
    if (this.#page.length === eventsPerPage) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#page.length === 0) return;
    await writePage(this.#folder, this.#pages, this.#page);
    await keep(this.#db, this.#live, this.#now());
    this.#pages += 1;
    this.#page = [];
    this.#live = [];
  }

  /** The event as Synapse gives it in federation format, with what it adds. */
  #given(id: string, pdu: Json, room: string): Json {
    const redacts = redactionTarget(pdu, this.#rules);
    const copied = redacts === undefined || this.#rules.redactsIn === "event" ? {} : { redacts };
    return { room_id: room, ...copied, ...pdu, event_id: id, unsigned: { age: 4711, membership: "join" } };
  }
}

function inClientFormat(event_id: string, pdu: Json, room_id: string): Json {
  const { hashes: _, signatures: __, prev_events: ___, auth_events: ____, depth: _____, ...client } = pdu;
  return {
    room_id,
    ...client,
    event_id,
    user_id: client.sender,
    age: 37,
    unsigned: { age: 37, membership: "join" },
  };
}
