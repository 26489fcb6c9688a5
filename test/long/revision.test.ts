import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { everyFile } from "../archive/made.ts";
import { asBot } from "../support/bot.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, declare, saying, untilArchived } from "../support/incident-room.ts";
import { journal, newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

const id = incidentId(1);
const secret = "the password is swordfish";
const drawing = new TextEncoder().encode("a drawing of the vault");

for (const roomVersion of ["10", "12"] as const) {
  test(`what is removed after the seal goes from what is kept, in a version ${roomVersion} room`, async (t) => {
    const installation = await newInstallation({
      roomVersion,
      administratorsRoom: "#keepers:cordon.test",
      archive: { revise_after: "5s" },
    });
    const { bot, config, synapse } = installation;
    const folder = config.archive.folder;
    const homeserver = asBot(installation);
    const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
    const keepers = await alice.createRoom({ room_alias_name: "keepers", invite: [bot] });
    const service = new ServiceProcess(installation);
    service.start();
    const { direct, room } = await declare(alice, bot, "sev3 Payments fail");
    await command(alice, room, bot, "!inc accept");
    const said = await alice.say(room, secret);
    await alice.edit(room, said, `${secret}!`);
    const noted = await alice.say(room, `!inc note ${secret}`);
    const file = await alice.sendFile(room, "vault.txt", drawing, "text/plain");
    const harmless = await alice.say(room, "nothing secret in this one");
    await carryOut(alice, room, bot, "!inc note and this stays");
    await alice.say(room, "!inc over fixed");
    const first = await untilArchived(alice, room, bot);
    const firstReport = await alice.waitFor(
      (event) => event.sender === bot && event.content.msgtype === "m.file",
      wait("the report", room),
    );
    const before = await archiveNow();

    await t.test("the administrators are told where the archive lies, and never its title", async () => {
      const told = await alice.waitFor(saying(bot, join(folder, before.name)), wait("the path", keepers));
      assert.ok(String(told.content.body).includes(before.digest));
      assert.ok(!String(told.content.body).includes("Payments"));
    });

    const redact = (event: EventId) => homeserver.redact(room, event, `test-${event}`, "found later");
    for (const event of [said, noted, file]) await redact(event);
    await service.kill();
    service.start();
    const told = await alice.waitFor(saying(bot, "revision 2"), wait("the revision", room));
    const after = await archiveNow();

    await t.test("several removals make one revision, which names the archive before", async () => {
      assert.equal(after.name, `${before.name}-r2`);
      assert.ok(String(told.content.body).includes(after.digest));
      assert.ok(String(told.content.body).includes(before.name));
      const entries = await journal(config, id);
      assert.equal(entries.filter(({ type }) => type === "revised").length, 1);
      const manifest = JSON.parse(await readFile(join(folder, after.name, "manifest.json"), "utf8"));
      assert.equal(manifest.revision, 2);
      assert.deepEqual(manifest.supersedes, before);
      assert.match(await readFile(join(folder, after.name, "data/report.html"), "utf8"), /revision 2/);
      assert.ok((await readFile(join(folder, after.name, "VERIFY.txt"), "utf8")).includes(before.digest));
    });

    await t.test("it holds at every level, and is proven", async () => {
      for (const path of [join(folder, after.name), join(folder, `${after.name}.zip`)]) {
        const { levels, verdict } = await verifyArchive(path);
        assert.deepEqual(
          levels.filter(({ outcome }) => outcome !== "pass"),
          [],
        );
        assert.equal(verdict, "proven");
      }
    });

    await t.test("the former signature is kept, over what has the former digest", async () => {
      const lineage = join(folder, after.name, "lineage", before.name);
      const tagManifest = await readFile(join(lineage, "tagmanifest-sha256.txt"));
      assert.equal(createHash("sha256").update(tagManifest).digest("hex"), before.digest);
      assert.ok(existsSync(join(lineage, "tagmanifest-sha256.txt.sig")));
    });

    await t.test("the words and the file are nowhere, and the rest is", async () => {
      await until(
        async () => !(await readdir(folder)).includes(before.name),
        "the former archive being gone",
      );
      const everything = await everyByte(folder);
      for (const gone of ["swordfish", "drawing of the vault"]) assert.ok(!everything.includes(gone), gone);
      assert.ok(everything.includes("nothing secret in this one"));
      assert.ok(everything.includes("and this stays"));
      const stored = await reading(config, async (db) =>
        JSON.stringify([
          await db.selectFrom("inbox").selectAll().execute(),
          await db.selectFrom("entry").selectAll().execute(),
          await db.selectFrom("incident").selectAll().execute(),
        ]),
      );
      assert.ok(!stored.includes("swordfish"));
    });

    await t.test(
      "the former report is taken out of the room, the administrators told of its file",
      async () => {
        // The room is told of the revision first.
        await until(async () => {
          const report = await alice.call(
            "GET",
            `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(firstReport.event_id)}`,
          );
          return isDeepStrictEqual(report.content, {});
        }, "the former report being taken out");
        const words = await alice.waitFor(saying(bot, "has another archive"), wait("the path", keepers));
        assert.ok(String(words.content.body).includes(String(firstReport.content.url)));
        assert.ok(first.event_id !== told.event_id);
      },
    );

    await t.test(
      "what the service itself says later is part of no archive: its removal makes none",
      async () => {
        const removal = await redact(first.event_id);
        await until(() => isHandled(removal), "the removal being handled");
        const removed = await removals();
        assert.ok(removed.includes(said) && !removed.includes(first.event_id));
      },
    );

    await t.test(
      "who led has a message removed by its link, from a direct chat, and all are told",
      async () => {
        const link = `https://matrix.to/#/${room}/${harmless}`;
        const answer = await command(alice, direct, bot, `!inc redact ${link} it names a customer`);
        assert.match(answer, /^The message is being removed from INC-0001\./);
        const inRoom = "has a message removed from this archived room: it names a customer";
        await alice.waitFor(saying(bot, inRoom), wait("the room being told", room));
        const toKeepers = "has a message removed from what is archived";
        const words = await alice.waitFor(
          saying(bot, toKeepers),
          wait("the administrators being told", keepers),
        );
        assert.doesNotMatch(String(words.content.body), /Payments|customer/);
        await alice.waitFor(saying(bot, "revision 3"), wait("the next revision", room));
        const ordered = (await journal(config, id)).filter(({ type }) => type === "redaction-ordered");
        assert.deepEqual(
          ordered.map(({ actor, actorRoles }) => [actor, actorRoles]),
          [[alice.userId, ["commander"]]],
        );
        const data = join(folder, `${before.name}-r3`, "data");
        assert.doesNotMatch(await everyByte(data), /nothing secret in this one/);
        const why = `it names a customer (asked for by ${alice.userId})`;
        assert.ok((await readFile(join(data, "redactions.ndjson"), "utf8")).includes(why));
      },
    );

    await t.test(
      "who is not in it learns nothing by a link, nor whether there is such a message",
      async () => {
        const bob = await newPerson(synapse, "bob");
        const chat = await openDirectChat(bob, bot);
        const asking = (link: string) =>
          command(bob, chat, bot, `!inc redact https://matrix.to/#/${link} why`);
        const [there, gone, nowhere] = [
          await asking(`${room}/${noted}`),
          await asking(`${room}/$none`),
          await asking("!none/$none"),
        ];
        assert.deepEqual([there, gone], [nowhere, nowhere]);
        assert.equal(nowhere, "There is no such incident that you can see.");
        const mistaken = await command(
          alice,
          direct,
          bot,
          `!inc redact ${id} ${first.event_id} after the seal`,
        );
        assert.match(mistaken, /^Which message\?/);
      },
    );

    async function archiveNow(): Promise<{ readonly name: string; readonly digest: string }> {
      const stored = await reading(config, (db) => loadIncident(db, id));
      const { name, digest } = stored?.incident.archive ?? { name: "", digest: "" };
      return { name, digest };
    }

    async function isHandled(event: EventId): Promise<boolean> {
      const handled = await reading(config, (db) =>
        db
          .selectFrom("inbox")
          .select("seq")
          .where("event_id", "=", event)
          .where("handled_at", "is not", null)
          .executeTakeFirst(),
      );
      return handled !== undefined;
    }

    async function removals(): Promise<readonly EventId[]> {
      return (await journal(config, id)).flatMap((entry) =>
        entry.type === "removed-after-seal" ? [entry.data.event] : [],
      );
    }
  });
}

function wait(what: string, room: RoomId) {
  return { what, room };
}

/** Every file below a folder, as far as it is not compressed; and the file store, which is hidden. */
async function everyByte(folder: string): Promise<string> {
  const files = await everyFile(folder);
  return (await Promise.all(files.map((file) => readFile(join(folder, file), "latin1")))).join("\n");
}
