import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { isObject, text } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { chanceFor } from "../support/chance.ts";
import { newPerson } from "../support/homeserver.ts";
import { declare, marksOf, saying, untilArchived, wholeRoom } from "../support/incident-room.ts";
import { journal, newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

const kills = 20;
/** The longest life of a service, in milliseconds, counted from its start or from when it listens. */
const longestLifeMs = 1_500;
/** Incidents opened while the service dies again and again, besides the one that is played. */
const others = 4;

const installation = await newInstallation();
const { synapse, bot, config } = installation;
const alice = await newPerson(synapse, "alice");
const bob = await newPerson(synapse, "bob");
const admin = await newPerson(synapse, "admin", { admin: true });

test(`killed ${kills} times at random moments, the service does everything that was typed exactly once`, async (t) => {
  const chance = chanceFor(t);
  const service = new ServiceProcess(installation);
  service.start();
  const { direct, room } = await declare(alice, bot, "sev4 A pump that leaks @bob");
  await bob.waitForInvitation({ room });
  await bob.join(room);
  await bob.say(room, "!inc status");
  await bob.waitFor(saying(bot, "INC-0001"), { what: "an answer", room });

  const typing = new Typing(async (n) => {
    if (n % 12 === 6) return alice.say(direct, `!inc new sev4 Leak number ${n}`);
    return n % 3 === 0 ? alice.say(room, `!inc update ${n}`) : bob.say(room, `!inc note ${n}`);
  });
  await dieOften(service, chance);
  service.start();
  const typed = await typing.stop();

  t.diagnostic(`${typed.size} lines typed`);

  const expected = [...typed.keys()];
  const opened = expected.filter((n) => n % 12 === 6);
  assert.ok(opened.length >= others, `only ${opened.length} incidents were opened`);
  await alice.say(room, "!inc mitigated the pump is off");
  await alice.say(room, "!inc over anyway the pump was replaced");
  await untilArchived(alice, room, bot);

  await t.test("every line typed is in the journal once, in the order in which they arrived", async () => {
    const entries = await journal(config, incidentId(1));
    const written = entries.flatMap((entry) =>
      entry.type === "recorded" || entry.type === "updated" ? [entry.data.text] : [],
    );
    const inRoom = expected.filter((n) => !opened.includes(n));
    assert.deepEqual(
      written.map(Number).toSorted((a, b) => a - b),
      inRoom,
    );
    // A homeserver that found the service away may bring one line after those that were typed after it.
    const lines = new Map(inRoom.map((n) => [typed.get(n), String(n)]));
    const arrived = await reading(config, (db) =>
      db.selectFrom("inbox").select("event_id").where("room_id", "=", room).orderBy("seq").execute(),
    );
    assert.deepEqual(
      written,
      arrived.flatMap(({ event_id }) => lines.get(event_id as EventId) ?? []),
    );
  });

  await t.test("every line typed was answered once", async () => {
    const inRoom = expected.filter((n) => !opened.includes(n)).flatMap((n) => typed.get(n) ?? []);
    const marks = await marksOf(alice, room, bot);
    assert.deepEqual(
      inRoom.filter((event) => marks.get(event) !== 1),
      [],
    );
  });

  await t.test("every message of the bot stands in the room once", async () => {
    const said = (await wholeRoom(alice, room)).flatMap((event) => {
      const transaction = isObject(event.content) ? event.content.body : undefined;
      return event.sender === bot && event.type === "m.room.message" && typeof transaction === "string"
        ? [transaction]
        : [];
    });
    const told = said.filter((words) => /^(Mitigated|Over|Archived) /.test(words));
    assert.equal(told.length, 3, told.join("\n"));
  });

  await t.test(
    "there is one room for every incident, and one incident for every line that opened one",
    async () => {
      const numbers = Array.from({ length: opened.length + 1 }, (_, i) => incidentId(i + 1));
      await until(
        async () => (await incidentRooms()).length >= numbers.length,
        "a room for every incident",
        60_000,
      );
      assert.deepEqual((await incidentRooms()).toSorted(), numbers);
    },
  );

  await t.test("the archive verifies", async () => {
    const names = (await readdir(config.archive.folder)).filter((name) => name.startsWith(incidentId(1)));
    assert.deepEqual(names.length, 2, names.join(", "));
    for (const name of names) {
      const verdict = await verifyArchive(join(config.archive.folder, name));
      assert.ok(verdict.ok, JSON.stringify(verdict.levels));
    }
  });
});

/** Kills the service again and again at random moments: every other time while it starts, else at its work. */
async function dieOften(service: ServiceProcess, chance: () => number): Promise<void> {
  for (let life = 0; life < kills; life++) {
    if (life % 2 === 1) await service.listens();
    // The moment of a death is what is random here; nothing is being waited for.
    await delay(chance() * longestLifeMs);
    await service.kill();
    if (life < kills - 1) service.start();
  }
}

/** People who type one line after the other, whatever becomes of the service. */
class Typing {
  readonly #lines = new Map<number, EventId>();
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(type: (n: number) => Promise<EventId>) {
    this.#done = this.#type(type);
    this.#done.catch(() => {});
  }

  /** Ends typing, and gives what the homeserver took. */
  async stop(): Promise<ReadonlyMap<number, EventId>> {
    this.#stopped = true;
    await this.#done;
    return this.#lines;
  }

  async #type(type: (n: number) => Promise<EventId>): Promise<void> {
    for (let n = 1; !this.#stopped; n++) {
      this.#lines.set(n, await type(n));
      await delay(120);
    }
  }
}

/** The incidents that the rooms on the homeserver belong to, one for each room. */
async function incidentRooms(): Promise<IncidentId[]> {
  const { rooms } = await admin.call("GET", "/_synapse/admin/v1/rooms?limit=1000");
  const made = Array.isArray(rooms) ? rooms.filter((each) => text(each, "creator") === bot) : [];
  return made.flatMap((each) => /^INC-\d+/.exec(text(each, "name") ?? "")?.[0] ?? []) as IncidentId[];
}
