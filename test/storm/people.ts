import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { Person } from "../../src/demo/person.ts";
import { mayPostLevel } from "../../src/incident/policy.ts";
import type { RoomEvent } from "../../src/matrix/event.ts";
import { type EventId, isEventId, type RoomId } from "../../src/matrix/ids.ts";
import { isJoin, levelsIn } from "../support/incident-room.ts";
import type { Stage } from "./stage.ts";

/** Something that somebody wrote and the homeserver took: from then on it must not be lost. */
export interface Deed {
  readonly event: EventId;
  readonly room: RoomId;
  /**
   * `opening`: opens an incident; `record`: puts `text`, which stands in no other, on its record; `command`: any
   * other command, which may be refused; `talk`: no command.
   */
  readonly kind: "opening" | "record" | "command" | "talk";
  readonly text: string;
}

/** How long people wait before they say the next thing, in milliseconds. */
const leastPauseMs = 60;
const mostPauseMs = 400;
const patientMs = 90_000;
const impatientMs = 20_000;
/** How often the bot is invited to a direct chat before people give up. */
const invitations = 8;
/** How many incidents there are at a time. */
const atOnce = 3;

/** The people of a storm: they open incidents, work in them and close them, whatever becomes of the machines. */
export class People {
  /** What the homeserver has taken. */
  readonly deeds: Deed[] = [];
  readonly #stage: Stage;
  readonly #chance: () => number;
  readonly #people: readonly Person[];
  #counted = 0;
  #stopped = false;
  readonly #done = new AbortController();
  #joining: readonly Promise<void>[] | undefined;
  #direct: Promise<RoomId> | undefined;

  private constructor(stage: Stage, chance: () => number, people: readonly Person[]) {
    this.#stage = stage;
    this.#chance = chance;
    this.#people = people;
  }

  static async gather(stage: Stage, chance: () => number, ends: AsyncDisposableStack): Promise<People> {
    const people: Person[] = [];
    for (const name of ["alice", "bob", "carol", "dave"]) {
      const person = new Person(await stage.synapse.registerPerson(name));
      ends.defer(() => person.stop());
      people.push(person);
    }
    return new People(stage, chance, people);
  }

  /** Several work at the same time on one incident after the other, until told to stop, and close the last too. */
  async work(): Promise<void> {
    this.#joining = this.#people.map((person) => this.#acceptInvitations(person, this.#done.signal));
    await Promise.all(this.#people.slice(0, atOnce).map((declarer) => this.#workAs(declarer)));
    await this.leave();
  }

  /** One of them opens an incident; resolves when they are in its room. */
  async open(): Promise<RoomId> {
    this.#joining ??= this.#people.map((person) => this.#acceptInvitations(person, this.#done.signal));
    this.#direct ??= this.#directChat(this.witness);
    const room = await this.#open(this.witness, await this.#direct);
    if (room === undefined) throw new Error("an incident that was declared did not come about");
    return room;
  }

  /** Somebody who leads it puts something on the record of an incident. */
  async record(room: RoomId): Promise<void> {
    const text = this.#nextText();
    await this.#say(this.witness, room, "record", `!inc note ${text}`, text);
  }

  /** The one who opened it types a command. */
  async command(room: RoomId, words: string): Promise<void> {
    await this.#say(this.witness, room, "command", `!inc ${words}`);
  }

  /** Somebody posts a file. */
  async post(room: RoomId): Promise<void> {
    const bytes = new TextEncoder().encode(this.#nextText());
    await insist(() => this.witness.sendFile(room, "pump.txt", bytes, "text/plain"));
  }

  /** Nobody accepts invitations any more. */
  async leave(): Promise<void> {
    this.#done.abort();
    await Promise.all(this.#joining ?? []);
  }

  /** Has everybody come to an end. */
  stop(): void {
    this.#stopped = true;
  }

  /** A person whom the homeserver tells what is in a room. */
  get witness(): Person {
    const [first] = this.#people;
    if (first === undefined) throw new Error("there is nobody");
    return first;
  }

  async #workAs(declarer: Person): Promise<void> {
    const direct = await this.#directChat(declarer);
    do {
      const room = await this.#open(declarer, direct);
      // What nobody heard of any more is for the oracle to tell.
      if (room === undefined) return;
      await this.#playIncident(room);
    } while (!this.#stopped);
  }

  async #directChat(person: Person): Promise<RoomId> {
    for (let attempt = 1; ; attempt += 1) {
      const chat = await insist(() => person.directChatWith(this.#stage.bot));
      const isHere = (event: RoomEvent) => isJoin(event, this.#stage.bot);
      const joined = person.waitFor(isHere, { what: "Cordon in it", room: chat, timeoutMs: impatientMs });
      // An invitation that the homeserver lost cannot be found by the bot: people invite it again.
      if (
        await joined.then(
          () => true,
          () => false,
        )
      )
        return chat;
      if (attempt === invitations) throw new Error("Cordon does not come into direct chats");
    }
  }

  async #open(declarer: Person, direct: RoomId): Promise<RoomId | undefined> {
    const others = this.#people.filter((person) => person !== declarer).map((person) => person.userId);
    const text = this.#nextText();
    await this.#say(declarer, direct, "opening", `!inc new sev3 ${text} ${others.join(" ")}`, text);
    const isNamed = ({ type, content }: RoomEvent) =>
      type === "m.room.name" && String(content.name).endsWith(` ${text}`);
    const what = `the room of "${text}"`;
    for (;;) {
      // As long as the storm goes on nothing has to be there by any time.
      const isCalm = this.#stopped;
      const room = await declarer.waitFor(isNamed, { what, timeoutMs: patientMs }).then(
        (event) => event.room_id,
        () => undefined,
      );
      if (room !== undefined || isCalm) return room;
    }
  }

  async #acceptInvitations(person: Person, done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      const room = await person.waitForInvitation({ timeoutMs: 2_000 }).catch(() => undefined);
      if (room === undefined) continue;
      await insist(() => person.join(room)).catch(ignoringRefusal);
      // Until it is known as joined the invitation is still there.
      await delay(200);
    }
  }

  /** Everything in an incident is said one after the other, so that nothing comes after its end. */
  async #playIncident(room: RoomId): Promise<void> {
    const deeds = 10 + Math.floor(this.#chance() * 25);
    for (let done = 0; done < deeds; done += 1) {
      const person = this.#somebody();
      // Whoever has not come in yet says nothing.
      await this.#act(person, room).catch(ignoringRefusal);
      await this.#pause();
    }
    for (let attempt = 0; attempt < 20; attempt += 1) {
      // Whoever looks may not have come in yet.
      if (await this.#end(room).catch(falseWhereRefused)) return;
      await delay(3_000);
    }
  }

  /** Has whoever commands end an incident, and tells whether it has ended. */
  async #end(room: RoomId): Promise<boolean> {
    const commander = await this.#commanderOf(room);
    await this.#say(commander, room, "command", "!inc over anyway the storm is over").catch(ignoringRefusal);
    await delay(3_000);
    const levels = await this.#levels(room);
    // Whoever commands can still write when it is over; who does not cannot.
    return Number(levels.events_default) > mayPostLevel;
  }

  async #act(person: Person, room: RoomId): Promise<void> {
    const text = this.#nextText();
    const lot = this.#chance();
    const other = this.#somebody().userId;
    if (lot < 0.3) await this.#say(person, room, "talk", `We look at ${text}`, text);
    else if (lot < 0.55) await this.#say(person, room, "record", `!inc note ${text}`, text);
    else if (lot < 0.65) await this.#say(person, room, "record", `!inc fact ${text}`, text);
    else if (lot < 0.72) await this.#say(person, room, "command", `!inc task ${other} ${text}`);
    else if (lot < 0.8) await this.#say(person, room, "command", `!inc role scribe ${other}`);
    else if (lot < 0.88) await this.#say(person, room, "command", "!inc accept");
    else if (lot < 0.94) await this.#say(person, room, "command", `!inc handover commander ${other}`);
    else await this.#say(person, room, "command", "!inc status");
  }

  /** Says something, again and again under the same name, until the homeserver has taken or refused it. */
  async #say(person: Person, room: RoomId, kind: Deed["kind"], body: string, text = body): Promise<void> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${randomUUID()}`;
    const answer = await insist(() => person.call("PUT", path, { msgtype: "m.text", body }));
    if (isEventId(answer.event_id)) this.deeds.push({ event: answer.event_id, room, kind, text });
  }

  /** Who has the power to command, seen from outside. */
  async #commanderOf(room: RoomId): Promise<Person> {
    const levels = levelsIn(await this.#levels(room));
    const [first = this.witness] = this.#people.toSorted(
      (a, b) => (levels[b.userId] ?? 0) - (levels[a.userId] ?? 0),
    );
    return first;
  }

  async #levels(room: RoomId) {
    return insist(() => this.witness.state(room, "m.room.power_levels"));
  }

  #somebody(): Person {
    return this.#people[Math.floor(this.#chance() * this.#people.length)] ?? this.witness;
  }

  #nextText(): string {
    this.#counted += 1;
    return `pump ${this.#counted}`;
  }

  async #pause(most = mostPauseMs): Promise<void> {
    await delay(leastPauseMs + this.#chance() * (most - leastPauseMs));
  }
}

/** Tries again until the homeserver answers; what it refuses for good is thrown. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof HomeserverRefusal && error.status < 500 && error.status !== 429) throw error;
      await delay(200);
    }
  }
}

function ignoringRefusal(error: unknown): void {
  if (!(error instanceof HomeserverRefusal)) throw error;
}

function falseWhereRefused(error: unknown): false {
  ignoringRefusal(error);
  return false;
}
