import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { upgradeWith } from "../../src/service/upgrade.ts";
import { StoreError } from "../../src/store/engine.ts";
import { migrations } from "../../src/store/migrations.ts";
import { type DatabaseAddress, openForReading, openShared, openStore } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { makeOlder, stepsOfFirstRelease, stepsOfTomorrow } from "../support/older-database.ts";
import { newSmallDisk, noSmallDisk } from "../support/small-disk.ts";
import { newAddress } from "../support/store.ts";

const at = Date.UTC(2026, 11, 1, 3, 10, 42);

/** A database as it was before, and the folder in which its copy comes to lie. */
async function older(address: DatabaseAddress) {
  await makeOlder(address);
  const archives = join(await temporaryFolder(), "archives");
  const folder = address.engine === "sqlite" ? dirname(address.file) : archives;
  const told: string[] = [];
  const places = { database: address, archive: { folder: archives } };
  const around = upgradeWith(
    places,
    (_, words) => told.push(words),
    () => at,
  );
  const copies = async () =>
    (await readdir(folder)).filter((name) => /\.before-.*Z$/.test(name)).map((name) => join(folder, name));
  return { address, places, around, told, copies };
}

async function contents(address: DatabaseAddress, known = migrations(address.engine)) {
  const { db, close } = await openStore(address, known);
  const rows = {
    installation: await db.selectFrom("installation").selectAll().execute(),
    inbox: await db.selectFrom("inbox").selectAll().execute(),
  };
  await close();
  return rows;
}

forEachEngine((engine) => {
  test("a database that is migrated is copied first: its former version can go on with the copy", async () => {
    const { address, around, told, copies } = await older(await newAddress(engine));
    await (await openStore(address, migrations(address.engine), around)).close();
    const [copy = "", ...others] = await copies();
    assert.deepEqual([basename(copy), others], ["cordon.db.before-0.2.0-20261201T031042Z", []]);
    assert.equal((await stat(copy)).mode & 0o777, 0o600);
    assert.deepEqual(told, [
      "the database is to be migrated from 0008-kept (Cordon 0.1.0) to 0009-upgrade (Cordon 0.2.0); a copy of it is made first",
      `the database as it was is kept in ${copy}`,
      "the database was migrated from 0008-kept (Cordon 0.1.0) to 0009-upgrade (Cordon 0.2.0)",
    ]);
    const former = { engine: "sqlite", file: copy } as const;
    const before = await contents(former, stepsOfFirstRelease(former));
    assert.deepEqual([before.inbox[0]?.json, before.installation.length], ['{"body":"ä — 🔥"}', 1]);
    assert.deepEqual(await contents(address), before);
    // There is nothing to do at the next start.
    await (await openStore(address, migrations(address.engine), around)).close();
    assert.deepEqual([told.length, await copies()], [3, [copy]]);
  });

  test("a migration that fails leaves neither a change nor a copy", async () => {
    const { address, around, copies } = await older(await newAddress(engine));
    const fails = { up: () => Promise.reject(new Error("the disk is full")) };
    const broken = { ...migrations(address.engine), "9999-broken": fails };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await assert.rejects(openStore(address, broken, around), { code: "migration-failed" });
    }
    assert.deepEqual(await copies(), []);
    await assert.rejects(openForReading(address), { code: "database-older" });
    await contents(address, stepsOfFirstRelease(address));
  });

  test("who dies while the copy is made leaves none; who dies after it, again and again, leaves one", async () => {
    const { address, places, around, copies } = await older(await newAddress(engine));
    await die(places, "upgrade/copying");
    assert.deepEqual(await copies(), []);
    await die(places, "upgrade/copied");
    const [first] = await copies();
    assert.ok(first);
    const whole = await readFile(first);
    await die(places, "upgrade/copied");
    await die(places, "migration/step");
    assert.deepEqual(await copies(), [first]);
    await (await openedSoon(() => openStore(address, migrations(address.engine), around))).close();
    assert.deepEqual(await copies(), [first]);
    assert.deepEqual(await readFile(first), whole);
  });

  test("an older database is refused by whoever only reads, with what to do", async () => {
    const { address } = await older(await newAddress(engine));
    await assert.rejects(openForReading(address), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, "database-older");
      assert.match(
        error.message,
        /is 0008-kept \(Cordon 0\.1\.0\), and has not been migrated to 0009-upgrade/,
      );
      assert.match(error.cure, /`cordon start` once.*, or use Cordon 0\.1\.0 until then$/);
      return true;
    });
    // Nothing was migrated by it.
    await contents(address, stepsOfFirstRelease(address));
  });

  test("a newer database says which version made it, and where the copy lies to go back with", async () => {
    const { address, around, copies } = await older(await newAddress(engine));
    await (await openStore(address, migrations(address.engine), around)).close();
    await (await openStore(address, stepsOfTomorrow(address), around)).close();
    const copy = (await copies()).find((name) => name.includes("before-9.0.0-"));
    assert.ok(copy);
    for (const open of [openStore, openForReading]) {
      await assert.rejects(open(address), (error) => {
        assert.ok(error instanceof StoreError);
        assert.equal(error.code, "database-newer");
        assert.match(
          error.message,
          /made by Cordon 9\.0\.0 \(it has 9999-tomorrow\).* 0009-upgrade \(Cordon 0\.2\.0\)/,
        );
        assert.match(error.cure, /^run Cordon 9\.0\.0 or newer, or go back with the copy/);
        assert.ok(error.cure.includes(copy));
        return true;
      });
    }
    const reading = await openForReading({ engine: "sqlite", file: copy });
    assert.equal(reading.version, "0009-upgrade");
    await reading.close();
  });

  test("of two that start at once one copies and migrates, and the other goes on with what it made", async () => {
    if (engine.name === "SQLite") return;
    const { address, around, told, copies } = await older(await newAddress(engine));
    const known = migrations(address.engine);
    const [one, other] = [await openShared(address, known, around), await openShared(address, known, around)];
    const wait = AbortSignal.timeout(60_000);
    const [first, second] = [one.lead({ wait }), other.lead({ wait })];
    const leading = await Promise.race([first, second]);
    await leading.end();
    for (const term of await Promise.all([first, second])) await term.end();
    assert.equal((await copies()).length, 1);
    assert.equal(told.length, 3);
    await Promise.all([one.close(), other.close()]);
  });
});

test("a disk without room for the copy ends the start, in words, and nothing is migrated", {
  skip: noSmallDisk(),
}, async () => {
  const disk = await newSmallDisk(1_500_000);
  after(() => disk.remove());
  const { address, around, copies } = await older({ engine: "sqlite", file: join(disk.folder, "cordon.db") });
  const { db, close } = await openStore(address, stepsOfFirstRelease(address));
  const json = JSON.stringify({ body: "x".repeat(700_000) });
  await db
    .insertInto("inbox")
    .values({ event_id: "$large", room_id: "!room", received_at: 2, json })
    .execute();
  await close();
  await assert.rejects(openStore(address, migrations("sqlite"), around), (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, "database-not-copied");
    assert.match(error.message, /has no room for the copy/);
    assert.match(error.cure, /nothing was migrated/);
    return true;
  });
  assert.deepEqual(await copies(), []);
  assert.equal((await contents(address, stepsOfFirstRelease(address))).inbox.length, 2);
});

/** Has a process of its own open the database, and end where it is told to. */
async function die(places: object, where: string): Promise<void> {
  const here = (file: string) => pathToFileURL(join(import.meta.dirname, file)).href;
  const program = `
    import { upgradeWith } from ${JSON.stringify(here("../../src/service/upgrade.ts"))};
    import { migrations } from ${JSON.stringify(here("../../src/store/migrations.ts"))};
    import { openShared } from ${JSON.stringify(here("../../src/store/store.ts"))};
    const places = ${JSON.stringify(places)};
    const { database } = places;
    const store = await openShared(database, migrations(database.engine), upgradeWith(places, () => {}));
    await store.lead({ wait: AbortSignal.timeout(60_000) });
  `;
  const loader = join(import.meta.dirname, "../crash/loader.ts");
  const file = join(await temporaryFolder(), "start.mjs");
  await writeFile(file, program);
  const child = spawn(process.execPath, ["--import", loader, file], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CORDON_TEST_CRASH_AT: where },
  });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL", where);
}

/** PostgreSQL notices a moment later than we do that a process has gone. */
async function openedSoon<T>(open: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "database-in-use") throw error;
    }
  }
}
