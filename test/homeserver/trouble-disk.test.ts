import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare, saying } from "../support/incident-room.ts";
import { journal, newInstallation, readiness, reading, startService, until } from "../support/service.ts";
import { newSmallDisk, noSmallDisk } from "../support/small-disk.ts";

const isReady = (url: string) => async () => (await readiness(url)).ready;

test("a disk that fills up", { skip: noSmallDisk() }, async (t) => {
  const disks = { database: await newSmallDisk(16 * 2 ** 20), archives: await newSmallDisk(2 ** 20) };
  const installation = await newInstallation({
    database: `sqlite:${join(disks.database.folder, "cordon.db")}`,
  });
  const { synapse, bot, registration } = installation;
  const archive = { ...installation.config.archive, folder: disks.archives.folder };
  const config = { ...installation.config, archive };
  const service = await startService({ ...installation, config });
  // Hooks run in this order: what was logged is compared with the database first.
  after(() => Object.values(disks).map((disk) => disk.remove()));
  const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
  const { direct, room } = await declare(alice, bot, "sev4 A pump that leaks");
  await command(alice, room, bot, "!inc accept");

  const deliver = async (events: readonly object[]) => {
    const response = await fetch(`${service.url}/_matrix/app/v1/transactions/${randomUUID()}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${registration.hsToken}`, "content-type": "application/json" },
      body: JSON.stringify({ events }),
    });
    return { status: response.status, body: await response.json() };
  };
  const told = (words: RegExp) => service.log.filter((line) => /"level":50/.test(line) && words.test(line));

  await t.test(
    "nothing is acknowledged, and what was said meanwhile is done once there is room",
    async () => {
      disks.database.fill();
      const typed = await alice.say(room, "!inc note said while the disk was full");
      await until(async () => !(await isReady(service.url)()), "the service saying what is wrong");
      for (let n = 0; n < 20; n += 1) {
        const { status, body } = await deliver([
          { event_id: `$${n}`, type: "x", room_id: room, sender: bot, content: {} },
        ]);
        assert.deepEqual([status, body.errcode], [503, "M_UNKNOWN"]);
      }
      const { status, words } = await readiness(service.url);
      assert.equal(status, 503);
      assert.match(words, /the disk under the database is full; free some space/);
      assert.equal(told(/disk under the database/).length, 1);
      assert.equal(told(/./).length, 1, told(/./).join(""));
      const freed = Date.now();
      disks.database.free();
      assert.equal(await answerTo(alice, room, bot, typed), "✅");
      t.diagnostic(`the answer came ${Date.now() - freed} ms after there was room`);
      await until(isReady(service.url), "the service being ready again");
      const { aside, waiting } = await reading(config, inboxFigures);
      assert.deepEqual({ aside, waiting }, { aside: 0, waiting: 0 });
    },
  );

  await t.test("a journal that could not be written has everything once, in order", async () => {
    const typed: EventId[] = [];
    for (let n = 0; n < 12; n += 1) {
      if (n === 4) disks.database.fill();
      typed.push(await alice.say(room, `!inc note number ${n}`));
    }
    await until(async () => !(await isReady(service.url)()), "the service saying what is wrong");
    disks.database.free();
    for (const event of typed) assert.equal(await answerTo(alice, room, bot, event), "✅");
    const entries = await journal(config, incidentId(1));
    const notes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.data.text] : []));
    assert.deepEqual(
      notes.slice(-12),
      Array.from({ length: 12 }, (_, n) => `number ${n}`),
    );
    await until(isReady(service.url), "the service being ready again");
  });

  for (const [name, spoil, mend] of [
    ["is full", () => disks.archives.fill(), () => disks.archives.free()],
    ["can only be read", () => disks.archives.remount("ro"), () => disks.archives.remount("rw")],
  ] as const) {
    await t.test(
      `an archive is made when its disk, which ${name}, takes it, and nothing else waits`,
      async () => {
        const errors = told(/./).length;
        await alice.say(direct, "!inc new sev4 A second pump");
        const second = await alice.waitForInvitation();
        await alice.join(second);
        spoil();
        await command(alice, second, bot, "!inc accept");
        await command(alice, second, bot, "!inc over fixed");
        const expected = /archives cannot be stored in .*(full; free some space|can only be read)/;
        await until(
          async () => expected.test((await readiness(service.url)).words),
          "it saying what is wrong",
        );
        assert.equal((await readiness(service.url)).ready, true, "what people wait for is done");
        assert.match(
          await (await fetch(`${service.url}/metrics`)).text(),
          /^cordon_ready 1$(.|\n)*^cordon_troubles 1$/m,
        );
        assert.equal(await command(alice, room, bot, "!inc note people go on"), "✅");
        assert.equal(told(/./).length, errors + 1, told(/./).join(""));
        mend();
        const answer = await alice.waitFor(saying(bot, "Archived"), {
          what: "the archive",
          room: second,
        });
        assert.match(String(answer.content.body), /none missing/);
        await until(
          async () => (await readiness(service.url)).words.includes('"reasons":[]'),
          "all being well",
        );
        const left = (await readdir(disks.archives.folder)).filter(
          (file) => !/^INC-\d{4}--[^.]+(\.zip)?$/.test(file),
        );
        assert.deepEqual(
          left.filter((file) => file !== ".attachments"),
          [],
        );
      },
    );
  }
});
