import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import type { Config } from "../../src/config/config.ts";
import { foldVersion } from "../../src/incident/evolve.ts";
import { incidentId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { contentsOf } from "../../src/journal/contents.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { keep } from "../../src/journal/inbox.ts";
import { loadIncident, openIncidents } from "../../src/journal/incidents.ts";
import { foldAnew, refold } from "../../src/journal/refold.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import type { JsonObject } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import type { Homeserver } from "../../src/matrix/ports.ts";
import { checkJournal } from "../../src/service/checkup/journal.ts";
import { handleNext } from "../../src/service/inbox-worker.ts";
import { restoreBackup } from "../../src/service/restore.ts";
import type { Service } from "../../src/service/service.ts";
import { keepTime } from "../../src/service/timekeeper.ts";
import { type DatabaseAddress, openStore, type Queries } from "../../src/store/store.ts";
import { openCastService } from "../support/cast-service.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newAddress } from "../support/store.ts";

/** Databases that were left by the versions that were released: a folder for each. All hold the same two incidents. */
const fixtures = join(import.meta.dirname, "fixtures");
const versions = (await readdir(fixtures)).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

const [closed, open] = [incidentId(1), incidentId(2)];
const [alice, bob, bot]: readonly [UserId, UserId, UserId] = [
  "@alice:cordon.test",
  "@bob:cordon.test",
  "@cordon:cordon.test",
];
const settings = {
  homeserver: { url: "http://127.0.0.1:9", server_name: "cordon.test" },
  access: { members: ["@*:cordon.test"] },
};

test("there is a database of the first version, at least", () => {
  assert.ok(versions.includes("0.1.0"));
});

for (const version of versions) {
  describe(`the database of version ${version}`, () => {
    test("is opened, and its journals are whole and come to what stands beside them", async () => {
      await using house = await openHouse(version);
      const { db } = house.service;
      assert.equal((await checkJournal(db)).verdict, "ok");
      assert.deepEqual(await openIncidents(db), [open]);
      const versions = await db.selectFrom("incident").select("fold_version").distinct().execute();
      assert.deepEqual(versions, [{ fold_version: foldVersion }]);
      // As a version would whose fold is another one.
      for (const id of [closed, open]) await foldAnew(db, id);
      assert.equal((await checkJournal(db)).verdict, "ok");
      assert.deepEqual(holders(await incident(db, open)), {
        commander: [alice],
        comms: ["@carol:cordon.test"],
      });
    });

    test("names an archive that this version verifies", async () => {
      await using house = await openHouse(version);
      const { archive } = await incident(house.service.db, closed);
      assert.ok(archive);
      const zip = join(fixtures, "../../archive/fixtures", version, `${archive.name}.zip`);
      const found = await verifyArchive(zip);
      assert.deepEqual([found.ok, found.digest], [true, archive.digest]);
    });

    test("goes on with the open incident: commands, answers to what was asked, and what was due", async () => {
      await using house = await openHouse(version);
      const { db } = house.service;
      const before = await contentsOf(db);
      await house.bring(alice, { msgtype: "m.text", body: "!inc note the new version took over" });
      await house.react(bob, "✅", await questionTo(db, "Bob: ✅ to be scribe"));
      await house.bring(bob, { msgtype: "m.text", body: "!inc sev 1 it is worse than that" });
      await house.bring(alice, { msgtype: "m.text", body: "!inc status" });
      const told = await incident(db, open);
      assert.deepEqual(holders(told), {
        commander: [alice],
        comms: ["@carol:cordon.test"],
        scribe: [bob],
      });
      assert.equal(told.severity, "sev2", "only who commands or deputises changes it");
      const entries = (await Array.fromAsync(journalOf(db, open))).slice(-2);
      assert.deepEqual(
        entries.map(({ type, actor }) => [type, actor]),
        [
          ["recorded", alice],
          ["role-accepted", bob],
        ],
      );
      assert.equal((await contentsOf(db)).entries, before.entries + 2);
      const said = await words(db);
      assert.ok(said.some((each) => each.startsWith(`${open} · SEV2 · ACTIVE`)));
      assert.equal((await checkJournal(db)).verdict, "ok");

      house.clock.now += 60 * 60_000;
      while ((await keepTime(house.service)) === "again");
      assert.ok((await words(db)).length > said.length, "an update, a task and a role are overdue by now");
      assert.equal((await checkJournal(db)).verdict, "ok");
      assert.deepEqual(house.faults, []);
    });
  });
}

forEachEngine((engine) => {
  for (const version of versions) {
    test(`a backup of version ${version} is restored, and is the database of this version then`, async () => {
      const address = await newAddress(engine);
      const backup = join(await temporaryFolder(), "backup");
      await unpack(version, "backup.db", backup);
      const restored = await restoreBackup(configOf(address), backup, { now: Date.UTC(2026, 11, 2) });
      assert.deepEqual([restored.incidents, restored.open, restored.formerly], [2, 1, undefined]);
      const store = await openStore(address);
      try {
        assert.equal(await refold(store.db), 0);
        assert.equal((await checkJournal(store.db)).verdict, "ok");
        assert.deepEqual(await openIncidents(store.db), [open]);
        assert.equal((await contentsOf(store.db)).entries, restored.entries);
      } finally {
        await store.close();
      }
    });
  }
});

/** A service on a copy of a version's database, a minute after that was left; with nobody to send anything to. */
async function openHouse(version: string) {
  const folder = await temporaryFolder();
  await unpack(version, "cordon.db", join(folder, "cordon.db"));
  const clock = { now: 0 };
  const faults: unknown[] = [];
  const world = { homeserver, log: logInto(faults), now: () => clock.now };
  const { service, close } = await openCastService(folder, world, { settings, bot });
  await refold(service.db);
  clock.now = ((await contentsOf(service.db)).newestAt ?? 0) + 60_000;
  const { room } = await incident(service.db, open);
  if (room === undefined) throw new Error("the open incident has no room");
  let brought = 0;
  const happen = async (sender: UserId, type: string, content: JsonObject) => {
    const eventId: EventId = `$new-${brought++}`;
    const event = { event_id: eventId, room_id: room.id, sender, type, content, origin_server_ts: clock.now };
    await keep(service.db, [{ eventId, roomId: room.id, json: JSON.stringify(event) }], clock.now);
    await untilHandled(service, room.id);
  };
  return {
    service,
    clock,
    faults,
    bring: (sender: UserId, content: JsonObject) => happen(sender, "m.room.message", content),
    react: (sender: UserId, key: string, event: EventId) =>
      happen(sender, "m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: event, key } }),
    [Symbol.asyncDispose]: close,
  };
}

async function untilHandled(service: Service, room: RoomId): Promise<void> {
  for (let steps = 0; (await handleNext(service, room)) === "again"; steps++) {
    assert.ok(steps < 20, "it comes to an end");
  }
}

async function unpack(version: string, name: string, to: string): Promise<void> {
  await writeFile(to, gunzipSync(await readFile(join(fixtures, version, `${name}.gz`))), { mode: 0o600 });
}

async function incident(db: Queries, id: typeof open): Promise<Incident> {
  const stored = await loadIncident(db, id);
  if (stored === undefined) throw new Error(`there is no ${id}`);
  return stored.incident;
}

/** Who holds which role; everybody else is a responder. */
function holders({ roles }: Incident): Readonly<Record<string, readonly UserId[]>> {
  const held = Object.entries(roles).filter(([role]) => role !== "responder");
  return Object.fromEntries(held.map(([role, holdings]) => [role, holdings.map(({ user }) => user)]));
}

/** The message of the bot's that asks this. */
async function questionTo(db: Queries, begins: string): Promise<EventId> {
  const asked = db.selectFrom("outbox").select(["content", "event_id"]).where("incident", "=", open);
  const rows = await asked.execute();
  const found = rows.find(({ content }) => String(JSON.parse(content).body).startsWith(begins));
  if (found?.event_id == null) throw new Error(`nobody was asked "${begins}"`);
  return found.event_id as EventId;
}

/** Everything that the bot has said, or is about to say. */
async function words(db: Queries): Promise<readonly string[]> {
  const rows = await db.selectFrom("outbox").select("content").execute();
  return rows.map(({ content }) => String(JSON.parse(content).body));
}

/** As much of a configuration as a restoration looks at. */
function configOf(database: DatabaseAddress): Config {
  return { file: "/cordon.yaml", database } as unknown as Config;
}

/** A homeserver that has every event that somebody asks about, and refuses everything else. */
const homeserver = new Proxy({} as Homeserver, {
  get: (_, name) => async () => {
    if (name === "getEvent") return { content: { body: "what was asked" } };
    throw new HomeserverError("refused", `Could not ${String(name)}.`);
  },
});

function logInto(faults: unknown[]): Service["log"] {
  const nothing = () => {};
  const note = (facts: unknown) => void faults.push(facts);
  return { debug: nothing, info: nothing, warn: nothing, error: note, fatal: note };
}
