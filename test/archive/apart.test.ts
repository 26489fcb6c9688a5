import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Apart } from "../../src/archive/apart/apart.ts";
import { ArchiveFailure } from "../../src/archive/failure.ts";
import { ArchiveRefused } from "../../src/archive/opened/archivefiles.ts";
import type { ArchiveSource } from "../../src/archive/source.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import { temporaryFolder } from "../support/folder.ts";
import { imprint, make } from "./made.ts";
import { recorded, sourceOf } from "./recorded.ts";

async function aSource(): Promise<ArchiveSource> {
  return sourceOf(await recorded("11"), await temporaryFolder());
}

describe("a thread of its own", () => {
  it("makes the same archive, and verifies it", async () => {
    const here = await make(await aSource());
    await using apart = new Apart();
    const there = await apart.build(await aSource(), { ...imprint, folder: await temporaryFolder() });
    assert.equal(there.digest, here.digest);
    for (const path of [there.path, there.zip]) assert.equal((await apart.verify(path)).ok, true);
  });

  it("leaves whoever has an archive made free for something else", async () => {
    await using apart = new Apart();
    const turns: boolean[] = [];
    const building = apart.build(await aSource(), { ...imprint, folder: await temporaryFolder() });
    const isDone = { now: false };
    void building.finally(() => {
      isDone.now = true;
    });
    while (!isDone.now) {
      await new Promise((resolve) => setImmediate(resolve));
      turns.push(isDone.now);
    }
    assert.ok(turns.length > 100, `${turns.length} turns`);
    await building;
  });

  it("fails by what its source failed by, and goes on after it", async () => {
    await using apart = new Apart();
    const folder = await temporaryFolder();
    const problem = new HomeserverError("limited", "Could not read the history", { retryAfterMs: 70 });
    const source = await aSource();
    const page = async () => Promise.reject(problem);
    await assert.rejects(apart.build({ ...source, page }, { ...imprint, folder }), (thrown) => {
      assert.equal(thrown, problem);
      return true;
    });
    const confirm = async () => Promise.reject(problem);
    await assert.rejects(
      apart.build(source, { ...imprint, folder, confirm }),
      (thrown) => thrown === problem,
    );
    const built = await apart.build(source, { ...imprint, folder });
    assert.equal(built.verdict, "proven");
  });

  it("begins the walk anew where the homeserver no longer knows a place in the history", async () => {
    await using apart = new Apart();
    const folder = await temporaryFolder();
    const source = await aSource();
    const confirm = async () => Promise.reject(new Error("not now"));
    await assert.rejects(apart.build(source, { ...imprint, folder, confirm }), /not now/);
    const refused = new HomeserverError("refused", "Could not read the history", { status: 400 });
    const page: ArchiveSource["page"] = async (from) => {
      if (from !== undefined && !isForgotten.now) {
        isForgotten.now = true;
        throw refused;
      }
      return source.page(from);
    };
    const isForgotten = { now: false };
    const built = await apart.build({ ...source, page }, { ...imprint, folder });
    assert.deepEqual([isForgotten.now, built.verdict], [true, "proven"]);
  });

  it("tells errors of its own as what they are", async () => {
    await using apart = new Apart();
    const folder = await temporaryFolder();
    await apart.build(await aSource(), { ...imprint, folder });
    const source = await aSource();
    const other = {
      ...source,
      timeZone: "Europe/Zurich" === source.timeZone ? "Asia/Tokyo" : "Europe/Zurich",
    };
    await assert.rejects(apart.build(other, { ...imprint, folder }), (problem) => {
      assert.ok(problem instanceof ArchiveFailure);
      assert.equal(problem.code, "archive-exists");
      return true;
    });
    const nothing = join(folder, "nothing");
    await assert.rejects(apart.verify(nothing), (problem) => problem instanceof ArchiveRefused);
    const file = join(folder, "file");
    await writeFile(file, "");
    await assert.rejects(apart.build(source, { ...imprint, folder: join(file, "below") }), (problem) => {
      assert.ok(problem instanceof Error && "code" in problem && "syscall" in problem);
      assert.equal(problem.code, "ENOTDIR");
      return true;
    });
  });
});
