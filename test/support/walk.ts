import { after } from "node:test";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { keep } from "../../src/journal/inbox.ts";
import { notePlace } from "../../src/journal/known-rooms.ts";
import { put } from "../../src/journal/outbox.ts";
import type { JsonObject } from "../../src/matrix/event.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import type { Homeserver } from "../../src/matrix/ports.ts";
import { handleNext } from "../../src/service/inbox-worker.ts";
import { questionKey, type Service } from "../../src/service/service.ts";
import {
  type Actor,
  idOf,
  insiders,
  type Lead,
  offered,
  outsiders,
  pastOf,
  pastOfOther,
  type Stage,
  volunteer,
} from "./cast.ts";
import { openCastService, writePast } from "./cast-service.ts";
import { temporaryFolder } from "./folder.ts";
import { minute, noon } from "./incident.ts";

/** Where something is typed: in the incident's room, in that of another, in a lobby, or to the bot alone. */
export const places = ["room", "other", "lobby", "direct"] as const;
export type Place = (typeof places)[number];

/** A message or reaction in a place where the bot listens. */
export interface Saying {
  readonly actor: Actor;
  readonly place: Place;
  readonly about: IncidentId;
  readonly type: "m.room.message" | "m.reaction";
  readonly content: JsonObject;
}

/** What came of it: entries of journals, and what is to be sent. */
export interface Outcome {
  readonly changed: readonly IncidentId[];
  readonly sent: readonly { readonly room: string; readonly type: string; readonly content: JsonObject }[];
}

/** The incident that `cancel duplicate INC-0041` speaks of: everybody of the house is in it. */
const otherNumber = 41;
const lobby: RoomId = "!lobby";

/**
 * The service from the inbox down, on a database of its own and without a homeserver: nothing that is typed
 * needs one. Its clock goes on by an hour with every saying, so that everybody has been silent for long.
 */
export class Walk {
  readonly #service: Service;
  readonly #clock: { now: number };
  #said = 0;

  private constructor(service: Service, clock: { now: number }) {
    this.#service = service;
    this.#clock = clock;
  }

  static async begin(): Promise<Walk> {
    const folder = await temporaryFolder();
    const clock = { now: noon };
    const world = { homeserver: absent, log: strictLog, now: () => clock.now };
    const { service, close } = await openCastService(folder, world);
    after(close);
    const walk = new Walk(service, clock);
    await walk.#prepare();
    return walk;
  }

  /** A new incident at this stage, with everyone in their place, and a volunteer whom nobody has answered. */
  async open(stage: Stage, lead: Lead): Promise<IncidentId> {
    return this.#service.db.transaction().execute(async (change) => {
      const id = await writePast(change, this.#service, (at) => pastOf(stage, lead, roomOf(at)));
      const question = { incident: id, about: "role", role: offered, user: volunteer, kind: "volunteered" };
      const key = `${id}/question`;
      const content = { [questionKey]: question };
      await put(change, [{ key, roomId: roomOf(id), incident: id, type: "m.room.message", content }]);
      const sent = { sent_at: this.#clock.now, event_id: questionOf(id) };
      await change.updateTable("outbox").set(sent).where("key", "=", key).execute();
      return id;
    });
  }

  /** Has somebody say something, and sees what the service makes of it. */
  async hear({ actor, place, about, type, content }: Saying): Promise<Outcome> {
    const { db } = this.#service;
    this.#clock.now += 60 * minute;
    this.#said += 1;
    const room = {
      room: roomOf(about),
      other: roomOf(incidentId(otherNumber)),
      lobby,
      direct: chatOf(actor),
    }[place];
    const event = {
      event_id: `$said${this.#said}`,
      room_id: room,
      type,
      sender: idOf(actor),
      origin_server_ts: this.#clock.now,
      content,
    };
    await keep(db, [{ eventId: event.event_id, roomId: room, json: JSON.stringify(event) }], this.#clock.now);
    await handleNext(this.#service, room);
    const entries = await db
      .selectFrom("entry")
      .select("incident")
      .distinct()
      .where("cause", "=", event.event_id)
      .execute();
    const sent = await db.deleteFrom("outbox").where("sent_at", "is", null).returningAll().execute();
    return {
      changed: entries.map(({ incident }) => incident as IncidentId),
      sent: sent.map((row) => ({ room: row.room_id, type: row.type, content: JSON.parse(row.content) })),
    };
  }

  /** Removes an incident that is of no more use, so that lists stay short. */
  async forget(id: IncidentId): Promise<void> {
    const { db } = this.#service;
    for (const table of ["timer", "heard", "member", "entry", "outbox"] as const) {
      await db.deleteFrom(table).where("incident", "=", id).execute();
    }
    await db.deleteFrom("incident").where("id", "=", id).execute();
  }

  get prefix(): string {
    return this.#service.rules.prefixes[0] ?? "";
  }

  async #prepare(): Promise<void> {
    const { db } = this.#service;
    await notePlace(db, lobby, { kind: "lobby" }, noon);
    for (const actor of [...insiders, ...outsiders]) {
      await notePlace(db, chatOf(actor), { kind: "direct", user: idOf(actor) }, noon);
    }
    await db.updateTable("installation").set({ next_incident: otherNumber }).execute();
    await db
      .transaction()
      .execute((change) => writePast(change, this.#service, (id) => pastOfOther(roomOf(id))));
  }
}

/** A message with a command. */
export function typing(line: string): Pick<Saying, "type" | "content"> {
  return { type: "m.room.message", content: { msgtype: "m.text", body: line } };
}

/** A reaction to the question whether the volunteer is to have the role. */
export function reacting(about: IncidentId, key: string): Pick<Saying, "type" | "content"> {
  const relation = { rel_type: "m.annotation", event_id: questionOf(about), key };
  return { type: "m.reaction", content: { "m.relates_to": relation } };
}

export function roomOf(id: IncidentId): RoomId {
  return `!${id}`;
}

function questionOf(id: IncidentId): EventId {
  return `$question-${id}`;
}

/** The bot has no chat with itself; what it writes to others is its own. */
function chatOf(actor: Actor): RoomId {
  return `!chat-with-${actor === "bot" ? "responder" : actor}`;
}

const nothing = () => {};
/** Nothing on this way may go wrong, nor be worth a warning. */
const strictLog: Service["log"] = {
  debug: nothing,
  info: nothing,
  warn: fail,
  error: fail,
  fatal: fail,
};

function fail(facts: unknown): never {
  throw facts instanceof Object && "err" in facts ? facts.err : facts;
}

/** Nothing on this way may need the homeserver, but to see that the question still stands there. */
const absent = new Proxy({} as Homeserver, {
  get(_, name) {
    if (name === "getEvent") return () => Promise.resolve({ content: { body: "Vera offers to be ops." } });
    throw new Error(`the homeserver was asked to ${String(name)}`);
  },
});
