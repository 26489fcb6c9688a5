import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { holders } from "../../src/incident/incident.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { text } from "../../src/matrix/event.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { writePublicKey } from "../../src/proof/sshkey.ts";
import { makeBackup } from "../../src/service/backup.ts";
import { checkUp } from "../../src/service/checkup/checkup.ts";
import { restoreBackup } from "../../src/service/restore.ts";
import { loadSigningKey } from "../../src/service/signing-key.ts";
import { complaintOfVerifier } from "../archive/stocktools.ts";
import { temporaryFolder } from "./folder.ts";
import { newPerson } from "./homeserver.ts";
import { carryOut, enter, isEdit, openIncident, untilArchived, wholeRoom } from "./incident-room.ts";
import {
  type Installation,
  type InstallationOptions,
  journal,
  newInstallation,
  reading,
  startService,
  until,
} from "./service.ts";

/**
 * A day's work is lost because yesterday's backup is put in place: defines the tests that everything is found
 * again.
 *
 * @param before what happens between the restore and the start that comes through
 */
export async function restoreStory(
  options: InstallationOptions,
  before: (installation: Installation) => Promise<void> = async () => {},
): Promise<void> {
  const installation = await newInstallation({ grace: "1h", ...options });
  const { synapse, bot, config } = installation;
  const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
  const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
  const [payments, mail, phones, dns] = [1, 2, 3, 4].map(incidentId) as [
    IncidentId,
    IncidentId,
    IncidentId,
    IncidentId,
  ];
  const rooms = new Map<IncidentId, RoomId>();
  const backup = join(await temporaryFolder(), "yesterday.backup");
  let service = await startService(installation);
  const aliceAlone = await openDirectChat(alice, bot);
  await open(payments, "new sev3 Payments fail @bob");
  await open(mail, "new sev4 Mail is slow @bob");
  await open(phones, "new sev4 Phones are dead @bob");
  await carryOut(alice, roomOf(payments), bot, "!inc note before the backup");
  await makeBackup(config, backup);

  await goOn();
  /** What stood in the rooms and in the journals before everything was put back. */
  const then = { incidents: await incidents(), said: await said() };
  await service.stop();

  await assert.rejects(restoreBackup(config, backup, { now: Date.now() }), { code: "database-holds-more" });
  await restoreBackup(config, backup, { replace: true, now: Date.now() });
  await before(installation);
  service = await startService(installation);

  /** A day's work that the backup does not have. */
  async function goOn(): Promise<void> {
    const room = roomOf(payments);
    await carryOut(alice, room, bot, "!inc sev 1 the whole bank stands");
    await carryOut(bob, room, bot, "!inc note the queue grows");
    await carryOut(alice, room, bot, "!inc role scribe @bob");
    await carryOut(bob, room, bot, "!inc accept");
    await carryOut(alice, room, bot, "!inc task @bob look at the queue");
    await carryOut(alice, room, bot, "!inc title Payments stand still");
    await carryOut(alice, roomOf(phones), bot, "!inc mitigated the line is back");
    await carryOut(alice, roomOf(phones), bot, "!inc over anyway a cable");
    await carryOut(alice, roomOf(mail), bot, "!inc mitigated the queue is empty");
    await carryOut(alice, roomOf(mail), bot, "!inc over anyway a disk was full");
    await carryOut(alice, roomOf(mail), bot, "!inc archive");
    await untilArchived(alice, roomOf(mail), bot);
    await open(dns, "new sev2 Names are not found @bob");
    await carryOut(bob, roomOf(dns), bot, "!inc note since ten");
    await until(async () => (await stateOf(payments))?.title === "Payments stand still", "the last change");
    await settled();
  }

  async function open(id: IncidentId, words: string): Promise<void> {
    const room = await openIncident(alice, aliceAlone, words);
    await enter(room, bob);
    rooms.set(id, room);
  }

  function roomOf(id: IncidentId): RoomId {
    const room = rooms.get(id);
    if (room === undefined) throw new Error(`${id} has no room`);
    return room;
  }

  async function stateOf(id: IncidentId): Promise<Incident | undefined> {
    return reading(config, async (db) => (await loadIncident(db, id))?.incident);
  }

  async function incidents(): Promise<Map<IncidentId, Incident>> {
    const all = await Promise.all([...rooms.keys()].map(stateOf));
    return new Map(
      all.flatMap((incident) => (incident === undefined ? [] : [[incident.id, incident] as const])),
    );
  }

  /** Waits until everything that is to be said has been. */
  async function settled(): Promise<void> {
    await until(
      () =>
        reading(config, async (db) => {
          const waiting = await db
            .selectFrom("outbox")
            .select("seq")
            .where("sent_at", "is", null)
            .where("refused", "is", null)
            .execute();
          const coming = await db.selectFrom("inbox").select("seq").where("handled_at", "is", null).execute();
          return waiting.length + coming.length === 0;
        }),
      "everything being said",
    );
  }

  /** What the bot said in each room, edits aside, and its reactions. */
  async function said(): Promise<Map<RoomId, readonly string[]>> {
    const all = new Map<RoomId, readonly string[]>();
    for (const room of [...rooms.values(), aliceAlone]) {
      const events = (await wholeRoom(alice, room)).filter(
        (event) => event.sender === bot && !("state_key" in event) && !isEdit(event),
      );
      all.set(
        room,
        events.map((event) => String(text(event.content, "body") ?? JSON.stringify(event.content))),
      );
    }
    return all;
  }

  /** What an incident is, besides where its journal stands and how that came to be. */
  function essence(incident: Incident | undefined) {
    if (incident === undefined) return undefined;
    const { head: _, restored: __, drifts: ___, nextUpdateAt: ____, ...rest } = incident;
    const withoutSeq = (item: object) => ({ ...item, seq: 0 });
    return { ...rest, timeline: rest.timeline.map(withoutSeq), tasks: rest.tasks.map(withoutSeq) };
  }

  test("incidents are what they were: roles, severity, notes, tasks, title", async () => {
    await settled();
    for (const id of [payments, phones, dns]) {
      assert.deepEqual(essence(await stateOf(id)), essence(then.incidents.get(id)), id);
    }
  });

  test("an archive that was made is taken over, and not made again", async () => {
    const [now, before] = [await stateOf(mail), then.incidents.get(mail)];
    assert.equal(now?.state, "archived");
    assert.deepEqual(now?.archive, before?.archive);
  });

  test("nothing is said twice: each room has one message more, that its journal was put back", async () => {
    for (const [room, now] of await said()) {
      const before = then.said.get(room) ?? [];
      assert.deepEqual(now.slice(0, before.length), before);
      const more = now.slice(before.length);
      const expected = room === aliceAlone || room === roomOf(mail) ? 0 : 1;
      assert.equal(more.length, expected, `${room}: ${more.join("\n")}`);
      for (const words of more)
        assert.match(words, /put back to an older state.*\n.*Everything is as this room shows/s);
    }
  });

  test("the journal says what was lost", async () => {
    const entries = await journal(config, payments);
    const put = entries.find(({ type }) => type === "restored");
    assert.ok(put?.type === "restored" && (put.data.lost?.seq ?? 0) > put.seq);
    assert.ok(entries.some(({ type }) => type === "room-found"));
  });

  test("people go on: numbers are not used twice, and new commands are carried out and said", async () => {
    await carryOut(bob, roomOf(payments), bot, "!inc note after the restore");
    await carryOut(bob, roomOf(dns), bot, "!inc note it is back");
    await carryOut(alice, roomOf(phones), bot, "!inc reopen the line is dead again");
    await open(incidentId(5), "new sev4 Something new @bob");
    assert.equal((await stateOf(incidentId(5)))?.title, "Something new");
    assert.deepEqual(holders((await stateOf(payments)) as Incident, "scribe"), [bob.userId]);
  });

  test("the archive of what was put back says so, and holds", async () => {
    const room = roomOf(phones);
    await carryOut(alice, room, bot, "!inc over anyway it was the cable");
    await carryOut(alice, room, bot, "!inc archive");
    await untilArchived(alice, room, bot);
    await until(async () => (await stateOf(phones))?.state === "archived", "the archive");
    const archive = (await stateOf(phones))?.archive;
    assert.equal(archive?.verdict, "explained-gaps");
    const folder = join(config.archive.folder, String(archive?.name));
    const publicKey = writePublicKey(loadSigningKey(config.archive.signingKey).publicKey);
    assert.equal(await complaintOfVerifier({ folder, publicKey }), undefined);
  });

  test("the doctor has nothing to fail", async () => {
    const findings = await Array.fromAsync(checkUp(installation.configFile));
    assert.deepEqual(
      findings.filter(({ verdict }) => verdict === "fail"),
      [],
    );
  });

  test("a second start has nothing to mend", async () => {
    await settled();
    await service.stop();
    const before = (await journal(config, payments)).length;
    service = await startService(installation);
    await settled();
    assert.deepEqual((await journal(config, payments)).slice(before), []);
  });
}
