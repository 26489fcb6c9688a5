import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReadableStream } from "node:stream/web";
import { test } from "node:test";
import pino from "pino";
import type { Fact } from "../../src/incident/fact.ts";
import type { IncidentId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { findFile, wantFile } from "../../src/journal/attachments.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import type { MediaUri } from "../../src/matrix/ids.ts";
import { type Fetching, fetchNext, hasAllFiles } from "../../src/service/attachments.ts";
import { putFilesInOrder, whereIs } from "../../src/service/file-store.ts";
import { Health } from "../../src/service/health.ts";
import type { Queries } from "../../src/store/store.ts";
import { forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { alice, noon } from "../support/incident.ts";
import { withStore } from "../support/store.ts";

const one = "INC-0001";
const two = "INC-0002";
const uri = "mxc://bank.example/file";
const content = "what was sent";
const sha256 = createHash("sha256").update(content).digest("hex");

/** What the homeserver does when it is asked for a file. */
type Answer = () => ReadableStream<Uint8Array>;

const bytes =
  (text: string): Answer =>
  () =>
    ReadableStream.from(text === "" ? [] : [Buffer.from(text)]);

const failing =
  (kind: HomeserverError["kind"], facts: { retryAfterMs?: number } = {}): Answer =>
  () => {
    throw new HomeserverError(kind, `Could not fetch a file: ${kind}.`, facts);
  };

/** What fetches files, with a homeserver that answers one way after the other, the last one for ever. */
async function fetching(db: Queries, ...answers: Answer[]) {
  const rung: string[] = [];
  const asked: string[] = [];
  let now = noon;
  const service: Fetching = {
    db,
    homeserver: {
      async download(media) {
        asked.push(media);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer === undefined) throw new Error("nobody was to be asked");
        return { bytes: answer(), contentType: "application/octet-stream" };
      },
    },
    rules: {
      archiveFolder: await temporaryFolder(),
      maxAttachmentBytes: 1_000,
      deniedTypes: ["image/svg+xml", "application/x-msdownload"],
    },
    bells: {
      attachments: (id) => rung.push(`attachments ${id}`),
      archive: (id) => rung.push(`archive ${id}`),
    },
    health: new Health(),
    log: pino({ level: "silent" }),
    now: () => now,
  };
  return {
    service,
    rung,
    asked,
    /** Fetches until there is nothing to fetch; what has to wait waits no time. */
    async fetchAll(id: IncidentId): Promise<void> {
      for (let next = await fetchNext(service, id); next !== "idle"; next = await fetchNext(service, id)) {
        if (typeof next === "object") now += next.inMs;
      }
    },
    wait: (ms: number) => {
      now += ms;
    },
    waited: () => now - noon,
    /** Everything in the store's folder. */
    stored: async () => {
      const folder = join(service.rules.archiveFolder, ".attachments");
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
  };
}

/** Opens an incident in the journal. */
async function declared(db: Queries, id: IncidentId): Promise<void> {
  const fact: Fact = {
    type: "declared",
    data: { title: "Payments fail", severity: "sev3", role: "commander" },
  };
  const circumstances = { actor: alice, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$0" };
  await db
    .transaction()
    .execute((change) => append(change, id, undefined, [fact], circumstances, `inc-${id}`));
}

async function archived(db: Queries, id: IncidentId): Promise<void> {
  await db.updateTable("incident").set({ state: "archived" }).where("id", "=", id).execute();
}

forEachEngine((engine) => {
  const inStore = (name: string, work: (db: Queries) => Promise<void>) =>
    test(name, () =>
      withStore(engine, async (db) => {
        await declared(db, one);
        await declared(db, two);
        await work(db);
      }),
    );

  inStore("a file is fetched once, kept under its content, and the archive told", async (db) => {
    const { service, fetchAll, stored, rung, asked } = await fetching(db, bytes(content));
    for (const _ of [1, 2]) await wantFile(db, one, uri);
    assert.equal(await hasAllFiles(service, one), false);
    await fetchAll(one);
    assert.deepEqual([asked, await stored()], [[uri], [sha256]]);
    assert.deepEqual(rung, [`attachments ${one}`, `archive ${one}`]);
    assert.equal(await hasAllFiles(service, one), true);
    assert.equal(await readFile((await whereIs(service, one, sha256)) ?? "", "utf8"), content);
  });

  inStore("an empty file is a file", async (db) => {
    const { service, fetchAll } = await fetching(db, bytes(""));
    await wantFile(db, one, uri);
    await fetchAll(one);
    assert.equal((await findFile(db, one, uri))?.bytes, 0);
    assert.equal(await hasAllFiles(service, one), true);
  });

  inStore("what another incident has fetched is not fetched again", async (db) => {
    const { fetchAll, asked, stored } = await fetching(db, bytes(content));
    for (const id of [one, two] as const) {
      await wantFile(db, id, uri);
      await fetchAll(id);
      assert.equal((await findFile(db, id, uri))?.sha256, sha256);
    }
    assert.deepEqual([asked.length, await stored()], [1, [sha256]]);
  });

  inStore("what is refused is gone, at once and with the reason", async (db) => {
    const { service, fetchAll, asked } = await fetching(db, failing("refused"));
    await wantFile(db, one, uri);
    await fetchAll(one);
    assert.equal((await findFile(db, one, uri))?.missing, "Could not fetch a file: refused.");
    assert.deepEqual([asked.length, await hasAllFiles(service, one)], [1, true]);
  });

  inStore("what fails again and again is gone in the end, and leaves nothing behind", async (db) => {
    const breaks = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(Buffer.from("half")),
        pull: (controller) => controller.error(new HomeserverError("unreachable", "It broke.")),
      });
    const { fetchAll, asked, stored, waited } = await fetching(db, breaks);
    await wantFile(db, one, uri);
    await fetchAll(one);
    assert.equal((await findFile(db, one, uri))?.missing, "It broke.");
    assert.equal(asked.length, 8);
    assert.ok(waited() > 30_000 && waited() < 300_000, `${waited()} ms`);
    assert.deepEqual(await stored(), []);
  });

  inStore("a homeserver that is away or asks to wait takes no file with it", async (db) => {
    const away = Array<Answer>(30).fill(failing("unreachable"));
    const slow = Array<Answer>(30).fill(failing("limited", { retryAfterMs: 60_000 }));
    const { service, fetchAll, waited } = await fetching(db, ...slow, ...away, bytes(content));
    service.health.trouble("homeserver", "it does not answer");
    await wantFile(db, one, uri);
    await fetchAll(one);
    assert.equal((await findFile(db, one, uri))?.sha256, sha256);
    assert.ok(waited() >= 30 * 60_000);
  });

  inStore("of a type that is denied nothing is kept: by its claim, or by its first bytes", async (db) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg">${" ".repeat(10_000)}</svg>`;
    for (const [index, [text, pattern]] of (
      [
        [svg, "image/svg+xml"],
        ["<svg ></svg>", "image/svg+xml"],
        ["MZ program", "application/x-msdownload"],
      ] as const
    ).entries()) {
      const { fetchAll, stored } = await fetching(db, bytes(text));
      const denied: MediaUri = `${uri}-${index}`;
      await wantFile(db, one, denied);
      await fetchAll(one);
      assert.equal((await findFile(db, one, denied))?.missing, `files of the type ${pattern} are not kept`);
      assert.deepEqual(await stored(), []);
    }
    const { fetchAll, asked } = await fetching(db);
    await wantFile(db, two, uri, "files of the type video/* are not kept");
    await fetchAll(two);
    assert.deepEqual(asked, []);
  });

  inStore("a disk that takes nothing is waited for", async (db) => {
    const { service, fetchAll, stored, asked, wait } = await fetching(db, bytes(content));
    const folder = service.rules.archiveFolder;
    // What is a file cannot be written into, whoever asks; a full disk fails the same way.
    await writeFile(join(folder, ".attachments"), "");
    await wantFile(db, one, uri);
    for (let i = 0; i < 20; i += 1) {
      assert.equal(await fetchNext(service, one), "again");
      wait(60_000);
    }
    assert.equal(asked.length, 20);
    await rm(join(folder, ".attachments"));
    await fetchAll(one);
    assert.deepEqual(await stored(), [sha256]);
  });

  inStore("a file that was damaged or lost in the store is fetched again", async (db) => {
    const { service, fetchAll, asked } = await fetching(db, bytes(content));
    await wantFile(db, one, uri);
    await fetchAll(one);
    for (const harm of ["damaged", "lost"]) {
      const path = (await whereIs(service, one, sha256)) ?? "";
      if (harm === "lost") await rm(path);
      else await writeFile(path, "what was sent, but changed");
      assert.equal(await hasAllFiles(service, one), false, harm);
      await fetchAll(one);
      assert.equal(await hasAllFiles(service, one), true, harm);
      assert.equal(await readFile((await whereIs(service, one, sha256)) ?? "", "utf8"), content);
    }
    assert.equal(asked.length, 3);
  });

  inStore("at start what was half fetched is gone, and what waited is fetched", async (db) => {
    const { service, fetchAll, stored } = await fetching(db, bytes(content));
    await wantFile(db, one, uri);
    await mkdir(join(service.rules.archiveFolder, ".attachments"));
    await writeFile(join(service.rules.archiveFolder, ".attachments", ".half"), "what was s");
    await putFilesInOrder(service);
    assert.deepEqual(await stored(), []);
    await fetchAll(one);
    assert.deepEqual(await stored(), [sha256]);
  });

  inStore("what only archived incidents needed is let go, and found in their archives", async (db) => {
    const { service, fetchAll, stored } = await fetching(db, bytes(content));
    for (const id of [one, two] as const) {
      await wantFile(db, id, uri);
      await fetchAll(id);
    }
    const folder = service.rules.archiveFolder;
    const unknown = createHash("sha256").update("unknown").digest("hex");
    await mkdir(join(folder, ".attachments", unknown.slice(0, 2)), { recursive: true });
    await writeFile(join(folder, ".attachments", unknown.slice(0, 2), unknown), "of another installation");
    await archived(db, one);
    await putFilesInOrder(service);
    assert.deepEqual((await stored()).toSorted(), [sha256, unknown].toSorted(), "the other one needs it");
    const media = join(folder, `${two}--2026-11-20T190411Z`, "data", "media", sha256.slice(0, 2));
    await mkdir(media, { recursive: true });
    await writeFile(join(media, `${sha256}.txt`), content);
    await archived(db, two);
    await putFilesInOrder(service);
    assert.deepEqual(await stored(), [unknown]);
    assert.equal(await whereIs(service, two, sha256), join(media, `${sha256}.txt`));
    assert.equal(await whereIs(service, one, sha256), undefined);
    assert.equal(await hasAllFiles(service, two), true);
  });
});
