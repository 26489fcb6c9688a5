import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { ArchiveFailure } from "../../src/archive/failure.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveName, everyFile, make, makeRecorded } from "./made.ts";
import { recorded, recordedVersions, sourceOf } from "./recorded.ts";

const run = promisify(execFile);

for (const version of recordedVersions) {
  describe(`the archive of a version ${version} room`, () => {
    it("verifies, as a folder and as a zip", async () => {
      const built = await makeRecorded(version);
      for (const path of [built.path, built.zip]) {
        const { ok, digest, levels, events } = await verifyArchive(path);
        const outcomes = levels.map(({ level, outcome }) => `${level} ${outcome}`);
        assert.deepEqual(outcomes, [
          "L1 pass",
          "L2 pass",
          "L3 pass",
          "L3 pass",
          "L4 pass",
          "L5 pass",
          "L6 pass",
        ]);
        assert.deepEqual({ ok, digest, events }, { ok: true, digest: built.digest, events: 68 });
      }
      assert.equal(built.statement, "Whole: 68 events, none missing, every signature holds.");
      assert.equal(built.verdict, "proven");
    });

    it("ends with the seal", async () => {
      const { path } = await makeRecorded(version);
      const { seal } = await recorded(version);
      const events = (await readFile(join(path, "data/events/pdu-0001.ndjson"), "utf8"))
        .trimEnd()
        .split("\n");
      assert.match(events.at(-1) ?? "", new RegExp(`"event_id":"\\${seal}"`));
      const everything = await Promise.all(
        (await everyFile(path)).map((file) => readFile(join(path, file), "utf8")),
      );
      assert.ok(!everything.join("").includes("is being archived"), "what was said after it is not there");
    });
  });
}

describe("an archive", () => {
  it("is a bag that sha256sum can check", async () => {
    const { path } = await makeRecorded("12");
    const manifests = ["tagmanifest-sha256.txt", "manifest-sha256.txt"];
    const { stdout } = await run("sha256sum", ["-c", "--quiet", ...manifests], { cwd: path });
    assert.equal(stdout, "");
  });

  it("is made anew over what an interrupted attempt left, and leaves nothing beside itself", async () => {
    const folder = await temporaryFolder();
    const leftover = join(folder, `.${archiveName}.partial`, archiveName, "data");
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, "leftover.txt"), "half");
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    const first = await make(source, folder);
    const again = await make(source, folder);
    assert.equal(again.digest, first.digest);
    assert.deepEqual((await readdir(folder)).sort(), [archiveName, `${archiveName}.zip`]);
    assert.ok((await verifyArchive(again.path)).ok);
  });

  it("does not take the place of another one", async () => {
    const folder = await temporaryFolder();
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    const built = await make(source, folder);
    const isRefusal = (problem: unknown) =>
      problem instanceof ArchiveFailure && problem.code === "archive-exists";
    await assert.rejects(make({ ...source, timeZone: "UTC" }, folder), isRefusal);
    assert.equal((await verifyArchive(built.path)).digest, built.digest);
  });

  it("takes the place of another one that nobody was told of", async () => {
    const folder = await temporaryFolder();
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    await make(source, folder);
    const built = await make({ ...source, timeZone: "UTC" }, folder, { supersede: true });
    assert.equal((await verifyArchive(built.path)).digest, built.digest);
    assert.equal((await verifyArchive(built.zip)).digest, built.digest);
  });

  it("is not in its place when the homeserver fails half way", async () => {
    const folder = await temporaryFolder();
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    const page = async (from: string | undefined) => {
      if (from !== undefined) throw new Error("the homeserver is gone");
      return source.page(from);
    };
    await assert.rejects(make({ ...source, page }, folder), /the homeserver is gone/);
    assert.deepEqual(await readdir(folder), [`.${archiveName}.partial`]);
  });

  it("ends a walk that would never end", async () => {
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    const page = async () => ({ events: [], end: "again" });
    const isRepeat = (problem: unknown) =>
      problem instanceof ArchiveFailure && problem.code === "walk-repeats";
    await assert.rejects(make({ ...source, page }), isRepeat);
  });

  it("goes on over an empty page that is not the last", async () => {
    const source = await sourceOf(await recorded("12"), await temporaryFolder());
    const page: typeof source.page = async (from) =>
      from === undefined ? { events: [], end: "start" } : source.page(from === "start" ? undefined : from);
    const { events } = await make({ ...source, page });
    assert.equal(events, 68);
  });
});

describe("the pages", async () => {
  const { path, report } = await makeRecorded("12");

  it("tell the first things first", async () => {
    for (const file of [join(path, "data/index.html"), report]) {
      const head = (await readFile(file, "utf8")).replace(/<main>.*$/s, "").replaceAll(/<[^>]*>/g, "");
      for (const word of [
        "INC-0042",
        "Payments fail at checkout",
        "SEV1",
        "SEV2",
        "over after 1 h 31 min",
        "Alice",
        "then Bob",
        "Fixed by rolling back release 214.",
        "Whole: 68 events",
      ]) {
        assert.ok(head.includes(word), `${word} is on the first screen`);
      }
    }
  });

  it("show people in the role they had then", async () => {
    const transcript = await readFile(join(path, "data/messages/0001.html"), "utf8");
    const roles = [
      ...transcript.matchAll(/<p class="who">.*?<b><bdi>Alice<\/bdi><\/b> <span class="role">(.*?)<\/span>/g),
    ];
    assert.deepEqual([...new Set(roles.map(([, role]) => role))], ["commander", "responder"]);
  });

  it("show edits with what they replaced, reactions with names, and who removed what and why", async () => {
    const transcript = await readFile(join(path, "data/messages/0001.html"), "utf8");
    assert.match(transcript, /it is not\.<\/p><details class="edits"><summary>Edited twice/);
    assert.match(transcript, /teh certificate/);
    assert.match(transcript, /<bdi class="key">👍<\/bdi> <bdi>Alice, Bob<\/bdi>/);
    assert.match(
      transcript,
      /A message of <bdi>Bob<\/bdi>, removed by <bdi>Bob<\/bdi> at 2026-11-20 21:27:19Z: <bdi>held a password/,
    );
  });

  it("link to nothing that is not there", async () => {
    const files = new Set(await everyFile(path));
    const pages = [...files].filter((file) => file.endsWith(".html"));
    assert.equal(pages.length, 5);
    for (const file of pages) {
      const text = await readFile(join(path, file), "utf8");
      for (const [, target = ""] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
        if (/^(?:https?|mailto):/.test(target)) continue;
        const [address = "", fragment] = target.split("#");
        const linked = address === "" ? file : join(file, "..", address);
        assert.ok(files.has(linked), `${file} links to ${target}`);
        const there = await readFile(join(path, linked), "utf8");
        if (fragment !== undefined)
          assert.ok(there.includes(` id="${fragment}"`), `${file} links to ${target}`);
      }
    }
  });
});
