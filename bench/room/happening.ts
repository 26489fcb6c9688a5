import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import type { Json } from "../../src/proof/redaction.ts";
import { Chance } from "./chance.ts";
import { type Signed, SigningServer } from "./signing.ts";

/** What somebody sends into the room. */
export interface Draft {
  readonly type: string;
  readonly sender: UserId;
  readonly content: Json;
  readonly stateKey?: string;
  /** The event whose content is taken away; where an event says that differs between room versions. */
  readonly redacts?: EventId;
}

export const server = "bank.example";
export const bot: UserId = `@cordon:${server}`;

const begin = Date.UTC(2026, 10, 20, 2, 14);

/** A room in which one thing happens after the other, as its homeserver hashes, signs and links them. */
export class Happening {
  readonly server: SigningServer;
  readonly #chance = new Chance(11);
  readonly #version: string;
  /** The newest events that nothing comes after yet: two where two people wrote at once. */
  #ends: readonly EventId[] = [];
  /** What the last event came after. */
  #before: readonly EventId[] = [];
  #room: RoomId | undefined;
  #at = begin;
  #depth = 0;
  /** By type and state key, what later events name as what allows them. */
  readonly #allowing = new Map<string, EventId>();

  constructor(version: string) {
    this.#version = version;
    this.server = new SigningServer(server, version);
  }

  get room(): RoomId {
    if (this.#room === undefined) throw new Error("the room was not made yet");
    return this.#room;
  }

  /** When the last event was sent, in milliseconds since the epoch. */
  get now(): number {
    return this.#at;
  }

  make(): Signed {
    const namesRoom = this.server.rules.createNamesRoom;
    if (namesRoom) this.#room = `!bench:${server}`;
    const content = { room_version: this.#version, ...(this.#version === "10" ? { creator: bot } : {}) };
    const create = this.send({ type: "m.room.create", sender: bot, stateKey: "", content });
    if (!namesRoom) this.#room = `!${create.id.slice(1)}`;
    return create;
  }

  send({ type, sender, content, stateKey, redacts }: Draft): Signed {
    this.#at += this.#chance.between(50, 1500);
    this.#depth += 1;
    // Now and then two people write at once: both come after the same, and the next event after both.
    const isAtOnce = stateKey === undefined && this.#ends.length === 1 && this.#chance.next() < 0.02;
    const prev = isAtOnce ? this.#before : this.#ends;
    const signed = this.server.sign({
      type,
      sender,
      ...this.#withTarget(content, redacts),
      ...(this.#room === undefined ? {} : { room_id: this.#room }),
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
      origin_server_ts: this.#at,
      depth: this.#depth,
      prev_events: prev,
      auth_events: this.#allowingFor(sender),
    });
    this.#ends = isAtOnce ? [...this.#ends, signed.id] : [signed.id];
    this.#before = prev;
    if (stateKey !== undefined) this.#allowing.set(`${type} ${stateKey}`, signed.id);
    return signed;
  }

  #withTarget(content: Json, redacts: EventId | undefined): Json {
    if (redacts === undefined) return { content };
    return this.server.rules.redactsIn === "event"
      ? { content, redacts }
      : { content: { ...content, redacts } };
  }

  #allowingFor(sender: UserId): readonly EventId[] {
    // From version 12 on the room's id says which event made it.
    const create = this.server.rules.createNamesRoom ? ["m.room.create "] : [];
    const keys = [...create, "m.room.power_levels ", `m.room.member ${sender}`];
    return keys.flatMap((key) => this.#allowing.get(key) ?? []);
  }
}
