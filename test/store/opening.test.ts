import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { installation } from "../../src/journal/installation.ts";
import { StoreError, type StoreErrorCode } from "../../src/store/engine.ts";
import { migrations } from "../../src/store/migrations.ts";
import { type DatabaseAddress, openForReading, openStore, type Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newAddress, withStore } from "../support/store.ts";

forEachEngine((engine) => {
  test("an empty database gets every table, and a second start changes nothing", async () => {
    const address = await newAddress(engine);
    const first = await openStore(address);
    const tables = await tablesOf(first.db);
    const { aliasKey } = await installation(first.db, 1);
    await first.close();
    assert.ok(tables.includes("entry") && tables.includes("inbox") && tables.includes("outbox"));
    const second = await openStore(address);
    assert.deepEqual(await tablesOf(second.db), tables);
    assert.deepEqual((await installation(second.db, 2)).aliasKey, aliasKey);
    assert.equal(second.version, Object.keys(migrations(address.engine)).sort().at(-1));
    await second.close();
  });

  test("a migration that fails leaves the database as it was", async () => {
    const address = await newAddress(engine);
    const before = await openStore(address);
    const tables = await tablesOf(before.db);
    await before.close();
    const broken = {
      ...migrations(address.engine),
      "9998-half": {
        up: (db: Kysely<unknown>) => db.schema.createTable("half").addColumn("a", "integer").execute(),
      },
      "9999-broken": {
        async up(db: Kysely<unknown>) {
          await db.schema.dropTable("timer").execute();
          throw new Error("the disk is full");
        },
      },
    };
    await refused(openStore(address, broken), "migration-failed", /9999-broken: the disk is full/);
    const after = await openStore(address);
    assert.deepEqual(await tablesOf(after.db), tables);
    await after.close();
  });

  test("a database made by a newer version is refused, by the service and by who only reads", async () => {
    const address = await newAddress(engine);
    const newer = { ...migrations(address.engine), "9999-tomorrow": { up: async () => {} } };
    await (await openStore(address, newer)).close();
    await refused(openStore(address), "database-newer", /9999-tomorrow/);
    await refused(openForReading(address), "database-newer", /9999-tomorrow/);
  });

  test("a second opening is refused while there is a first, and not after it", async () => {
    const address = await newAddress(engine);
    const first = await openStore(address);
    await refused(openStore(address), "database-in-use", /another Cordon is running/);
    await first.close();
    await (await openStore(address)).close();
  });

  test("so is a second process, until the first one has ended, however it ended", async () => {
    const address = await newAddress(engine);
    const holder = hold(address);
    const [ready] = await once(holder.stdout, "data");
    assert.equal(String(ready).trim(), "open");
    await refused(openStore(address), "database-in-use", /another Cordon is running/);
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    await (await openedSoon(address)).close();
  });

  test("who only reads does so beside the running service, sees what is new, and cannot write", async () => {
    await withStore(engine, async (db, _store, address) => {
      const reader = await openForReading(address);
      try {
        await installation(db, 1);
        const rows = await reader.db.selectFrom("installation").select("next_incident").execute();
        assert.deepEqual(rows, [{ next_incident: 1 }]);
        await assert.rejects(reader.db.updateTable("installation").set({ next_incident: 7 }).execute());
      } finally {
        await reader.close();
      }
    });
  });

  test("an empty database has nothing to be read", async () => {
    await refused(openForReading(await newAddress(engine)), "database-missing", /./);
  });
});

test("a SQLite file that is none is refused in words", async () => {
  const folder = await temporaryFolder();
  const missing = join(folder, "not-there", "cordon.db");
  await refused(
    openForReading({ engine: "sqlite", file: missing }),
    "database-missing",
    /there is no database at/,
  );
  const file = join(folder, "notes.txt");
  await writeFile(file, "What we did on the night of the outage, and what we would do another time.\n");
  await refused(openStore({ engine: "sqlite", file }), "database-unreadable", /is no SQLite database/);
});

async function refused(opening: Promise<unknown>, code: StoreErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.notEqual(error.cure, "");
    return true;
  });
}

async function tablesOf(db: Queries): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  return tables.map((table) => table.name).toSorted();
}

/** A process that opens the database and keeps it. */
function hold(address: DatabaseAddress) {
  const store = pathToFileURL(join(import.meta.dirname, "../../src/store/store.ts"));
  const program = `
    import { openStore } from ${JSON.stringify(store.href)};
    await openStore(${JSON.stringify(address)});
    console.log("open");
    setInterval(() => {}, 60_000);
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** PostgreSQL notices a moment later than we do that a process has gone. */
async function openedSoon(address: DatabaseAddress) {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      return await openStore(address);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "database-in-use" || Date.now() > end) throw error;
    }
  }
}
