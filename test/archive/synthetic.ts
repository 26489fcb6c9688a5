import type { ArchiveSource, LiveEvent } from "../../src/archive/source.ts";
import type { Circumstances, Entry } from "../../src/incident/entry.ts";
import { fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import { chain, genesis, type Head } from "../../src/journal/chain.ts";
import { contentHash, idOf, signedText } from "../../src/proof/hash.ts";
import { isJson, type Json, redact } from "../../src/proof/redaction.ts";
import { roomRules } from "../../src/proof/roomversion.ts";
import { keyAnswer, signedBy } from "../support/server-key.ts";
import { asynchronously, salt } from "./recorded.ts";

type Id = `$${string}`;

export const bot = "@cordon:example.org";
export const alice = "@alice:example.org";

/** What an event of a made-up room may say of itself besides its content. */
interface Particulars {
  readonly sender?: string;
  readonly stateKey?: string;
  /** The events before it, where that is not simply the last one. */
  readonly after?: readonly Id[];
  /** When it was sent, in milliseconds since the epoch; one second after the last one unless said. */
  readonly at?: number;
  /** The server that signs it, where that is not the one of the room. */
  readonly signer?: string;
}

const server = "example.org";

const rules = roomRules("12");
const start = Date.UTC(2026, 10, 20, 12);

/**
 * A version 12 room whose events are hashed as a homeserver hashes them, to be bent into shapes that no
 * homeserver gives willingly.
 */
export class SyntheticRoom {
  readonly room: `!${string}`;
  readonly #events: { readonly id: Id; pdu: Json }[] = [];
  readonly #entries: Entry[] = [];
  #head: Head = genesis;

  constructor() {
    const create = this.add("m.room.create", { room_version: "12" }, { sender: bot, stateKey: "" });
    this.room = `!${create.slice(1)}`;
    for (const user of [bot, alice]) {
      this.add("m.room.member", { membership: "join" }, { sender: user, stateKey: user });
    }
    this.fact({ type: "declared", data: { title: "Made up", severity: "sev2", role: "commander" } });
    this.fact({ type: "room-created", data: { room: this.room, version: "12" } });
  }

  get last(): Id {
    const last = this.#events.at(-1);
    if (last === undefined) throw new Error("there is no event yet");
    return last.id;
  }

  get head(): Head {
    return this.#head;
  }

  /** Adds an event behind the last one and gives its id. */
  add(
    type: string,
    content: Json,
    { sender = alice, stateKey, after, at, signer = server }: Particulars = {},
  ): Id {
    const first = this.#events.length === 0;
    const event: Json = {
      type,
      content,
      sender,
      origin_server_ts: at ?? start + this.#events.length * 1000,
      depth: this.#events.length + 1,
      prev_events: after ?? (first ? [] : [this.last]),
      auth_events: [],
      ...(first ? {} : { room_id: this.room }),
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
    };
    const pdu = { ...event, hashes: { sha256: contentHash(event) } };
    const signed = signedText(pdu, rules);
    const id = idOf(signed);
    this.#events.push({ id, pdu: { ...pdu, signatures: signedBy(signer, signed) } });
    return id;
  }

  say(body: string, particulars: Particulars = {}): Id {
    return this.add("m.room.message", { msgtype: "m.text", body }, particulars);
  }

  /** Redacts an event as the homeserver does: the event loses its content and a redaction is added. */
  redact(target: Id, reason: string): Id {
    this.#change(target, (pdu) => redact(pdu, rules));
    return this.add("m.room.redaction", { redacts: target, reason });
  }

  seal(): Id {
    const seal = this.add("org.cordon.seal", {}, { sender: bot });
    this.fact({ type: "sealed", data: { event: seal } });
    return seal;
  }

  /** The event that says this. */
  find(body: string): Id {
    const said = this.#events.find(({ pdu }) => isJson(pdu.content) && pdu.content.body === body);
    if (said === undefined) throw new Error(`nobody said ${body}`);
    return said.id;
  }

  /** The homeserver forgets an event. */
  forget(target: Id): void {
    const place = this.#events.findIndex(({ id }) => id === target);
    this.#events.splice(place, 1);
  }

  /** The homeserver gives another content than was hashed. */
  forge(target: Id, content: Json): void {
    this.#change(target, (pdu) => ({ ...pdu, content }));
  }

  fact(fact: Fact, cause = `test/${this.#head.seq}`): void {
    // Between the last event and the next.
    const at = start + this.#events.length * 1000 - 500;
    const circumstances: Circumstances = {
      actor: alice,
      actorRoles: ["commander"],
      eventAt: at,
      recordedAt: at,
      cause,
    };
    const entry = chain("INC-0007", this.#head, fact, circumstances, salt);
    this.#entries.push(entry);
    this.#head = entry;
  }

  /** The room as a source, its history in pages of a given size; live, unless told otherwise, all of it arrived. */
  source(
    options: {
      readonly seal?: Id;
      readonly pageSize?: number;
      readonly live?: readonly LiveEvent[];
      /** What the homeserver answers when it is asked for its keys. */
      readonly keys?: unknown;
    } = {},
  ): ArchiveSource {
    const { seal, pageSize = 1000, live = this.arrivals(), keys = keyAnswer(server) } = options;
    const entries = this.#entries;
    const incident = fold(entries);
    if (incident === undefined) throw new Error("there is no journal");
    return {
      incident,
      serverName: server,
      timeZone: "UTC",
      roles: [{ name: "commander", level: 60, required: "always" }],
      journal: () => asynchronously(entries),
      live: () => asynchronously(live),
      page: async (from) => this.#page(from === undefined ? this.#events.length : Number(from), pageSize),
      serverKeys: async () => keys,
      media: async () => ({ missing: "never fetched" }),
      ...(seal === undefined ? {} : { seal }),
    };
  }

  /** The events as a transaction brings them. */
  arrivals(): readonly LiveEvent[] {
    return this.#events.map(({ id, pdu }, index) => {
      const { hashes: _, signatures: __, prev_events: ___, auth_events: ____, depth: _____, ...client } = pdu;
      return { seq: index + 1, json: JSON.stringify({ room_id: this.room, ...client, event_id: id }) };
    });
  }

  #page(end: number, size: number): { readonly events: readonly Json[]; readonly end?: string } {
    const begin = Math.max(0, end - size);
    const events = this.#events.slice(begin, end).toReversed();
    const given = events.map(({ id, pdu }) => ({
      room_id: this.room,
      ...pdu,
      event_id: id,
      unsigned: { age: 1 },
    }));
    return { events: given, ...(begin === 0 ? {} : { end: String(begin) }) };
  }

  #change(target: Id, by: (pdu: Json) => Json): void {
    const event = this.#events.find(({ id }) => id === target);
    if (event === undefined) throw new Error(`there is no event ${target}`);
    event.pdu = by(event.pdu);
  }
}
