import type { UserId } from "../../src/matrix/ids.ts";
import { openStore, type Queries } from "../../src/store/store.ts";
import { Diary } from "./diary.ts";
import { bot, type Draft, Happening } from "./happening.ts";
import { History } from "./history.ts";
import type { Signed } from "./signing.ts";
import { storeFile, writeRoom } from "./stored.ts";
import { people, Talk, type Turn } from "./talk.ts";

/**
 * Makes a room of an incident in a folder: so many events, each validly hashed and signed, in the service's
 * store as they arrived and in files as the homeserver gives its history. The same words on every run.
 */
export async function makeRoom(folder: string, events: number, version: string): Promise<void> {
  const store = await openStore({ engine: "sqlite", file: storeFile(folder) });
  try {
    await new Making(folder, store.db, version).make(events);
  } finally {
    await store.close();
  }
}

class Making {
  readonly #folder: string;
  readonly #happening: Happening;
  readonly #history: History;
  readonly #diary: Diary;
  readonly #talk = new Talk();

  constructor(folder: string, db: Queries, version: string) {
    const happening = new Happening(version);
    const now = () => happening.now;
    this.#folder = folder;
    this.#happening = happening;
    this.#history = new History(folder, db, happening.server.rules, now);
    this.#diary = new Diary(db, now);
  }

  async make(events: number): Promise<void> {
    await this.#begin();
    // What was regretted is removed before the end, and the seal is the last.
    while (this.#history.count + this.#talk.regrets + 3 < events) await this.#go(this.#talk.next());
    for (let turn = this.#talk.removal(); turn !== undefined; turn = this.#talk.removal())
      await this.#go(turn);
    while (this.#history.count + 1 < events) await this.#say("Nothing more.");
    await this.#end();
  }

  async #begin(): Promise<void> {
    const create = this.#happening.make();
    const { room, server } = this.#happening;
    await this.#history.add(create, room, false);
    await this.#join(bot, "Cordon");
    const levels = { users_default: 0, events_default: 0, state_default: 50, redact: 50, invite: 50 };
    await this.#state(
      "m.room.power_levels",
      server.rules.createNamesRoom ? { ...levels, users: { [bot]: 100 } } : levels,
    );
    await this.#state("m.room.join_rules", { join_rule: "invite" });
    await this.#state("m.room.history_visibility", { history_visibility: "shared" });
    const [first = bot] = people;
    await this.#diary.write(
      first,
      create.id,
      { type: "declared", data: { title: "Payments fail", severity: "sev1", role: "commander" } },
      { type: "room-created", data: { room, version: server.rules.version } },
    );
    for (const [n, user] of people.entries()) await this.#join(user, `Person ${n + 1}`);
  }

  async #end(): Promise<void> {
    const { room, server } = this.#happening;
    await this.#diary.write(bot, "bench/over", {
      type: "over",
      data: { summary: "Rolled back.", missing: [] },
    });
    const content = { "org.cordon.journal": this.#diary.head };
    const seal = await this.#send({ type: "org.cordon.seal", sender: bot, content });
    await this.#diary.write("cordon", "room/sealed", { type: "sealed", data: { event: seal.id } });
    await this.#history.flush();
    await writeRoom(this.#folder, {
      server: server.name,
      room,
      seal: seal.id,
      sealedAt: this.#happening.now,
      pages: this.#history.pages,
      keys: server.keys(),
    });
  }

  async #go(turn: Turn): Promise<void> {
    const signed = this.#happening.send(turn);
    await this.#history.add(signed, this.#happening.room, this.#talk.heard(signed.id, turn));
    if (turn.doing !== "command") return;
    await this.#diary.follow(turn.sender, signed.id, String(turn.content.body));
    await this.#say("Written down.");
  }

  /** What the service says names the head of the journal. */
  async #say(body: string): Promise<void> {
    const content = { msgtype: "m.notice", body, "org.cordon.journal": this.#diary.head };
    await this.#send({ type: "m.room.message", sender: bot, content });
  }

  async #join(user: UserId, displayname: string): Promise<void> {
    const content = { membership: "join", displayname };
    await this.#send({ type: "m.room.member", sender: user, stateKey: user, content });
  }

  async #state(type: string, content: Draft["content"]): Promise<void> {
    await this.#send({ type, sender: bot, stateKey: "", content });
  }

  async #send(draft: Draft): Promise<Signed> {
    const signed = this.#happening.send(draft);
    await this.#history.add(signed, this.#happening.room, false);
    return signed;
  }
}
