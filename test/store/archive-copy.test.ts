import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import type { RoomId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { wantDeliveries } from "../../src/journal/deliveries.ts";
import { installation, noteAdministratorsRoom } from "../../src/journal/installation.ts";
import { deliverNext } from "../../src/service/archive-copy.ts";
import type { Queries } from "../../src/store/store.ts";
import { change, makeRecorded } from "../archive/made.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { alice, noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const id = "INC-0042";
const keepers: RoomId = "!keepers";
const nothing = () => {};

forEachEngine((engine) => {
  test("a copy waits for its folder, is told of once, and once more when it is there", async () => {
    await withStore(engine, async (db) => {
      const { built, second, deliver, told, pass } = await archived(db);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await deliver();
        pass();
      }
      assert.deepEqual(await told(), [
        `INC-0042: its archive could not be copied to ${second}: there is no such folder.`,
      ]);
      await mkdir(second);
      assert.equal(await deliver(), "idle");
      assert.equal(await deliver(), "idle");
      assert.deepEqual((await told()).slice(1), [`INC-0042: ${built.name} is copied to ${second} now.`]);
      assert.deepEqual((await readdir(second)).sort(), [built.name, `${built.name}.zip`]);
      for (const name of await readdir(second)) {
        assert.equal((await verifyArchive(join(second, name))).digest, built.digest);
      }
    });
  });

  test("what works at once is not spoken of, and what is there already not written again", async () => {
    await withStore(engine, async (db) => {
      const { built, second, deliver, told, want } = await archived(db);
      await mkdir(join(second, `.${built.name}.partial`, "half"), { recursive: true });
      assert.equal(await deliver(), "idle");
      await want("copy");
      assert.equal(await deliver(), "idle");
      assert.deepEqual(await told(), []);
      assert.deepEqual((await readdir(second)).sort(), [built.name, `${built.name}.zip`]);
    });
  });

  test("a damaged archive is not copied, nor over another one; both say so", async () => {
    await withStore(engine, async (db) => {
      const { built, second, deliver, told, pass } = await archived(db);
      const page = join(built.path, "data/index.html");
      const whole = await readFile(page);
      await mkdir(second);
      await change(built.path, "data/index.html", (text) => `${text} `);
      await deliver();
      assert.deepEqual(await readdir(second), []);
      await writeFile(page, whole);
      await mkdir(join(second, built.name));
      await writeFile(join(second, built.name, "tagmanifest-sha256.txt"), "another");
      pass();
      await deliver();
      const [damaged, taken] = await told();
      assert.match(damaged ?? "", /is not as it was made/);
      assert.match(taken ?? "", /another archive of that name lies there/);
      await rm(join(second, built.name), { recursive: true });
      pass();
      assert.equal(await deliver(), "idle");
    });
  });

  test("an archive that another took the place of goes from both folders", async () => {
    await withStore(engine, async (db) => {
      const { built, second, deliver, want } = await archived(db);
      await mkdir(second);
      await deliver();
      await want("remove");
      await want("remove-copy");
      assert.equal(await deliver(), "idle");
      assert.deepEqual(await readdir(second), []);
      assert.deepEqual(await readdir(join(built.path, "..")), []);
    });
  });
});

/** An archive that is to be copied into a folder that is not there yet. */
async function archived(db: Queries) {
  const made = await makeRecorded("12");
  const built = { ...made, name: made.path.split("/").at(-1) ?? "" };
  const second = join(await temporaryFolder(), "share");
  await installation(db, noon);
  await noteAdministratorsRoom(db, keepers);
  const want = (what: "copy" | "remove" | "remove-copy") =>
    db.transaction().execute((change) => wantDeliveries(change, [{ incident: id, ...name(built), what }]));
  await db.transaction().execute((change) => {
    const circumstances = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$0" };
    const declared = { title: "Payments fail", severity: "sev3", role: "commander" } as const;
    return append(change, id, undefined, [{ type: "declared", data: declared }], circumstances, "inc-abc");
  });
  await want("copy");
  const clock = { now: noon };
  const service = {
    db,
    rules: { archiveFolder: join(built.path, ".."), archiveCopy: second, archiveReaders: "owner" as const },
    bells: { outbox: nothing },
    log: { info: nothing, warn: nothing },
    now: () => clock.now,
  };
  return {
    built,
    second,
    want,
    pass: () => {
      clock.now += 60_000;
    },
    /** Does what is due. */
    async deliver() {
      let next = await deliverNext(service, id);
      while (next === "again") next = await deliverNext(service, id);
      return next;
    },
    /** The first line of each message to the administrators. */
    async told(): Promise<readonly string[]> {
      const rows = await db.selectFrom("outbox").select("content").orderBy("seq").execute();
      return rows.map(({ content }) => String(JSON.parse(content).body).split("\n")[0] ?? "");
    },
  };
}

function name({ name, digest }: { readonly name: string; readonly digest: string }) {
  return { name, digest };
}
