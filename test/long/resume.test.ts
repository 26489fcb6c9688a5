import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ArchiveSource, Page } from "../../src/archive/source.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import type { Surroundings } from "../archive/digest.ts";
import { archiveName, everyFile, make } from "../archive/made.ts";
import { SyntheticRoom } from "../archive/synthetic.ts";
import { chanceFor } from "../support/chance.ts";
import { temporaryFolder } from "../support/folder.ts";

const script = new URL("../archive/digest.ts", import.meta.url).pathname;

/** Builds the recorded room's archive in a process of its own. */
function building(surroundings: Surroundings, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [script, JSON.stringify(surroundings)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  after(() => child.kill("SIGKILL"));
  return child;
}

/** The digests of folder and zip that a process gives in the end. */
async function digestsOf({ stdout }: ChildProcess): Promise<string> {
  const [begins, digests = ""] = stdout === null ? [] : (await text(stdout)).split("\n");
  assert.equal(begins, "begins");
  assert.match(digests, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  return digests;
}

describe("the same input gives the same bytes", () => {
  const others: Readonly<
    Record<string, { env?: Readonly<Record<string, string>>; surroundings?: Surroundings }>
  > = {
    "in another time zone": { env: { TZ: "Pacific/Apia" } },
    "where the clock jumps": { env: { TZ: "America/St_Johns" } },
    "in German": { env: { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" } },
    "in Turkish, which has two kinds of i": { env: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" } },
    "in Thai, which counts other years": { env: { LANG: "th_TH.UTF-8", LC_ALL: "th_TH.UTF-8" } },
    "in Arabic, which has other digits": { env: { LANG: "ar_EG.UTF-8", LC_ALL: "ar_EG.UTF-8" } },
    "for a user whose files nobody else reads": { surroundings: { umask: 0o077 } },
    "for a user whose files everybody reads": { surroundings: { umask: 0 } },
    "on a file system with another order": { surroundings: { reversed: true } },
    ...(process.getuid?.() === 0 ? { "for another user": { surroundings: { user: 65_534 } } } : {}),
  };
  const undisturbed = digestsOf(building({}, { TZ: "UTC", LANG: "C", LC_ALL: "C" }));

  for (const [where, { env, surroundings }] of Object.entries(others)) {
    it(where, async () => {
      assert.equal(await digestsOf(building(surroundings ?? {}, env)), await undisturbed);
    });
  }

  it("in another folder", async () => {
    const folder = join(await temporaryFolder(), "elsewhere and deeper", "Ünïcode");
    assert.equal(await digestsOf(building({ folder })), await undisturbed);
  });

  it("killed at 20 random moments", async (t) => {
    const chance = chanceFor(t);
    for (let kills = 0; kills < 20; ) {
      const folder = await temporaryFolder();
      const slow = { folder, slowMs: 10 };
      while (kills < 20) {
        const child = building(slow);
        assert.ok(child.stdout !== null);
        await once(child.stdout, "data");
        // The moment of a death is what is random here; nothing is being waited for.
        await delay(chance() * 600);
        const isDone = child.exitCode !== null;
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        if (isDone) break;
        kills += 1;
      }
      assert.equal(await digestsOf(building(slow)), await undisturbed);
      assert.deepEqual((await readdir(folder)).sort(), [archiveName, `${archiveName}.zip`]);
    }
  });
});

/** A room of ten messages in pages of three, and what was asked of its homeserver. */
class Walked {
  readonly room = new SyntheticRoom();
  readonly asked: (string | undefined)[] = [];
  /** Told before a page is given. */
  meanwhile: (from: string | undefined) => void = () => {};
  readonly #folder = temporaryFolder();
  readonly #seal: `$${string}`;

  constructor() {
    for (let i = 1; i <= 10; i += 1) this.room.say(`message ${i}`);
    this.#seal = this.room.seal();
  }

  async build() {
    this.asked.length = 0;
    return make(this.source(), await this.#folder);
  }

  /** The folder that holds the pages of an interrupted walk. */
  async trail(): Promise<string> {
    return join(await this.#folder, `.${archiveName}.partial`, "walk");
  }

  source(): ArchiveSource {
    const source = this.room.source({ seal: this.#seal, pageSize: 3 });
    const page = async (from: string | undefined): Promise<Page> => {
      this.asked.push(from);
      this.meanwhile(from);
      return source.page(from);
    };
    return { ...source, page };
  }

  /** Builds, and fails when this page is asked for. */
  async breakAt(place: string): Promise<void> {
    this.meanwhile = (from) => {
      if (from === place) throw new HomeserverError("server", "a fault of its own");
    };
    await assert.rejects(this.build(), /a fault of its own/);
    this.meanwhile = () => {};
  }
}

describe("a walk that was interrupted", () => {
  it("goes on where it was, once the newest and the last page are seen to be the same", async () => {
    const walked = new Walked();
    const whole = await walked.build();
    assert.deepEqual(walked.asked, [undefined, "11", "8", "5", "2", undefined]);
    const again = new Walked();
    await again.breakAt("2");
    assert.equal((await again.build()).digest, whole.digest);
    assert.deepEqual(again.asked, [undefined, "5", "2", undefined]);
  });

  it("is whole where only what came after it was interrupted", async () => {
    const walked = new Walked();
    const failing = { ...walked.source(), live: () => assert.fail("the power is cut") };
    const folder = join(await walked.trail(), "../..");
    await assert.rejects(make(failing, folder), /the power is cut/);
    assert.equal((await walked.build()).events, 14);
    assert.deepEqual(walked.asked, [undefined, "2", undefined]);
  });

  it("does not take half a page for one", async () => {
    const walked = new Walked();
    await walked.breakAt("5");
    const trail = await walked.trail();
    await writeFile(join(trail, "page-000004.ndjson.partial"), '{"events":3,"end":"2"}\n{"type":"m.ro');
    assert.equal((await walked.build()).verdict, "proven");
    assert.deepEqual(walked.asked, [undefined, "8", "5", "2", undefined]);
    await walked.breakAt("5");
    await truncate(join(trail, "page-000002.ndjson"), 5);
    const { path, verdict } = await walked.build();
    assert.equal(verdict, "proven");
    assert.deepEqual(walked.asked, [undefined, "11", "8", "5", "2", undefined]);
    assert.ok((await everyFile(path)).every((file) => !file.includes("page-0")));
  });

  it("begins anew where a message was removed meanwhile", async () => {
    const walked = new Walked();
    await walked.breakAt("5");
    walked.room.redact(walked.room.find("message 9"), "it is a secret");
    const { path, verdict } = await walked.build();
    assert.equal(verdict, "proven");
    assert.deepEqual(walked.asked.slice(0, 2), [undefined, "12"]);
    const events = await readFile(join(path, "data/events/pdu-0001.ndjson"), "utf8");
    assert.ok(events.includes("message 8") && !events.includes("message 9"));
  });

  it("begins anew where the homeserver no longer knows its own token, or means another place by it", async () => {
    const walked = new Walked();
    await walked.breakAt("2");
    let refusals = 0;
    walked.meanwhile = (from) => {
      if (from === "5" && refusals++ === 0) throw new HomeserverError("refused", "no such token");
    };
    assert.equal((await walked.build()).verdict, "proven");
    assert.deepEqual(walked.asked, [undefined, "5", "11", "8", "5", "2", undefined]);
  });

  it("begins anew where something was purged meanwhile, and says what is missing", async () => {
    const walked = new Walked();
    const first = walked.room.find("message 2");
    await walked.breakAt("2");
    walked.room.forget(first);
    assert.equal((await walked.build()).verdict, "unproven");
    assert.deepEqual(walked.asked.slice(0, 3), [undefined, "5", "10"]);
  });
});

describe("a walk during which something happens", () => {
  it("begins anew, so that who removes a message then is heard", async () => {
    const walked = new Walked();
    const secret = walked.room.find("message 9");
    let isSaid = false;
    walked.meanwhile = (from) => {
      if (from !== "2" || isSaid) return;
      isSaid = true;
      walked.room.redact(secret, "it is a secret");
    };
    const { path, verdict } = await walked.build();
    assert.equal(verdict, "proven");
    assert.ok((await verifyArchive(path)).ok);
    assert.equal(walked.asked.filter((from) => from === undefined).length, 3);
  });

  it("ends all the same where the room never rests", async () => {
    const walked = new Walked();
    walked.meanwhile = (from) => {
      if (from === "2") walked.room.say("after the seal");
    };
    assert.equal((await walked.build()).events, 14);
  });
});
