import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import type { Config } from "../../src/config/config.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { keep } from "../../src/journal/inbox.ts";
import { installation } from "../../src/journal/installation.ts";
import { makeBackup } from "../../src/service/backup.ts";
import { restoreBackup } from "../../src/service/restore.ts";
import { type DatabaseAddress, openForReading, openStore, type Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newAddress } from "../support/store.ts";

const id = incidentId(1);
const now = Date.UTC(2026, 10, 21, 3);

/** As much of a configuration as a backup looks at. */
function configOf(database: DatabaseAddress): Config {
  const archive = { folder: "/archive", signingKey: "/key" };
  const appservice = { registration: "/registration.yaml" };
  return { file: "/cordon.yaml", database, archive, appservice } as unknown as Config;
}

/** Fills a database with an incident of so many entries. */
async function fill(db: Queries, entries: number): Promise<void> {
  await installation(db, now);
  const facts = Array.from(
    { length: entries - 1 },
    (_, n) => ({ type: "noted", data: { text: `note ${n}` } }) as const,
  );
  const circumstances = {
    actor: "@alice:x",
    actorRoles: [],
    eventAt: now,
    recordedAt: now,
    cause: "$one",
  } as const;
  const declared = {
    type: "declared",
    data: { title: "Fire", severity: "sev1", role: "commander" },
  } as const;
  await db
    .transaction()
    .execute((change) => append(change, id, undefined, [declared, ...facts], circumstances, "inc-a"));
  await arrive(db, "$event", now);
}

async function arrive(db: Queries, eventId: string, at: number): Promise<void> {
  await keep(db, [{ eventId, roomId: "!room", json: JSON.stringify({ body: "ä — 🔥" }) }], at);
}

async function using<T>(address: DatabaseAddress, work: (db: Queries) => Promise<T>): Promise<T> {
  const store = await openStore(address);
  try {
    return await work(store.db);
  } finally {
    await store.close();
  }
}

async function everything(address: DatabaseAddress) {
  const store = await openForReading(address);
  try {
    const entries = await Array.fromAsync(journalOf(store.db, id));
    const inbox = await store.db.selectFrom("inbox").selectAll().orderBy("seq").execute();
    return { entries, inbox, installation: await store.db.selectFrom("installation").selectAll().execute() };
  } finally {
    await store.close();
  }
}

forEachEngine((engine) => {
  test("a backup made beside a running service goes into a new database of either engine", async () => {
    const address = await newAddress(engine);
    const file = join(await temporaryFolder(), "backup");
    const other: DatabaseAddress = { engine: "sqlite", file: join(await temporaryFolder(), "other.db") };
    await using(address, async (db) => {
      await fill(db, 450);
      const made = await makeBackup(configOf(address), file);
      assert.deepEqual([made.incidents, made.open, made.entries, made.newestAt], [1, 1, 450, now]);
      assert.deepEqual(
        made.notInIt.map(({ path }) => path),
        ["/cordon.yaml", "/registration.yaml", "/key", "/archive"],
      );
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(dirname(file)), ["backup"]);
    const fresh = await newAddress(engine);
    for (const into of [fresh, other]) {
      const restored = await restoreBackup(configOf(into), file, { now });
      assert.deepEqual([restored.entries, restored.formerly], [450, undefined]);
      assert.deepEqual(await everything(into), await everything(address));
      // What comes next gets the next number.
      await using(into, (db) => arrive(db, "$next", now));
    }
  });

  test("what is there already is not written over without being told to", async () => {
    const address = await newAddress(engine);
    const file = join(await temporaryFolder(), "backup");
    await using(address, (db) => fill(db, 2));
    await makeBackup(configOf(address), file);
    await assert.rejects(makeBackup(configOf(address), file), { code: "backup-exists" });
    await makeBackup(configOf(address), file, { overwrite: true });
  });

  test("a restore keeps what was there, and refuses what is newer, another's, or in use", async () => {
    const address = await newAddress(engine);
    const config = configOf(address);
    const file = join(await temporaryFolder(), "backup");
    await using(address, (db) => fill(db, 2));
    await makeBackup(config, file);
    const then = await everything(address);
    await using(address, async (db) => {
      await arrive(db, "$later", now + 1);
      await assert.rejects(restoreBackup(config, file, { replace: true, now }), { code: "database-in-use" });
    });
    await assert.rejects(restoreBackup(config, file, { now }), { code: "database-holds-more" });
    const { formerly = "" } = await restoreBackup(config, file, { replace: true, now });
    assert.deepEqual(await everything(address), then);
    assert.deepEqual(await arrivalsAside(address, formerly), ["$event", "$later"]);

    const stranger = await newAddress(engine);
    await using(stranger, (db) => installation(db, now));
    await assert.rejects(restoreBackup(configOf(stranger), file, { now }), { code: "database-another" });
  });

  test("a damaged backup is refused, and nothing is touched", async () => {
    const address = await newAddress(engine);
    const config = configOf(address);
    const folder = await temporaryFolder();
    const file = join(folder, "backup");
    await using(address, (db) => fill(db, 300));
    await makeBackup(config, file);
    const then = await everything(address);
    const bytes = await readFile(file);
    const at = bytes.indexOf("note 17");
    bytes.write("nota", at);
    const damaged = {
      "changed word": bytes,
      "cut short": (await readFile(file)).subarray(0, 9_000),
      empty: Buffer.of(),
    };
    for (const [what, content] of Object.entries(damaged)) {
      await writeFile(join(folder, what), content);
      await assert.rejects(
        restoreBackup(config, join(folder, what), { replace: true, now }),
        { name: "StoreError" },
        what,
      );
    }
    await assert.rejects(restoreBackup(config, join(folder, "none"), { now }), { code: "backup-missing" });
    assert.deepEqual(await everything(address), then);
  });
});

/** What had arrived in the database that was put aside. */
async function arrivalsAside(address: DatabaseAddress, name: string): Promise<readonly string[]> {
  if (address.engine === "sqlite") {
    return (await everything({ engine: "sqlite", file: name })).inbox.map((row) => row.event_id);
  }
  const store = await openForReading(address);
  try {
    const { rows } = await sql<{ event_id: string }>`
      select event_id from ${sql.table(`${name}.inbox`)} order by seq`.execute(store.db);
    return rows.map((row) => row.event_id);
  } finally {
    await store.close();
  }
}
