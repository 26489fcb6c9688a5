import assert from "node:assert/strict";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { verify } from "../../src/cli/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { change, copyOf, makeRecorded, rebag } from "./made.ts";

const built = await makeRecorded("12");

/** Runs the command and gives what it wrote and its exit code. */
async function run(path: string, json = false): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await verify(path, { json }, { stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

describe("cordon verify", () => {
  it("tells level by level what holds and what nobody checks yet", async () => {
    const { code, stdout, stderr } = await run(built.zip);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const lines = [
      "ok    L1 files              26 files as in the manifests, and no others",
      "–     L2 signature          archives are not signed yet",
      "ok    L3 ids and contents   68 events, 6 of them redacted",
      "–     L3 signatures         the homeserver's signatures are not checked yet",
      "ok    L4 graph              no event is missing, and the seal commits to all of them",
      "ok    L5 journal            25 entries in one chain, no message of the room witnesses it",
      "–     L6 pages              whether the pages follow from the data is not checked yet",
      "",
      "INC-0042, 68 events: everything that was checked holds. Its own verdict: explained-gaps.",
      `digest ${built.digest}`,
      "",
    ];
    assert.equal(stdout, lines.join("\n"));
  });

  it("says the same as JSON", async () => {
    const { code, stdout } = await run(built.path, true);
    const result = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(result), ["ok", "incident", "digest", "events", "verdict", "levels"]);
    assert.deepEqual([result.ok, result.digest, result.levels.length], [true, built.digest, 7]);
  });

  const table: readonly (readonly [
    level: string,
    code: number,
    file: string,
    from: string,
    to: string,
    cover: boolean,
  ])[] = [
    ["L1", 11, "data/index.html", "Payments fail", "Payments went fine", false],
    ["L3", 13, "data/events/pdu-0001.ndjson", "Queue depth", "Queue death", true],
    ["L4", 14, "manifest.json", '"seal": "$', '"seal": "$A', true],
    ["L5", 15, "data/journal.ndjson", "Rolled back", "Held back", true],
  ];
  for (const [level, expected, file, from, to, cover] of table) {
    it(`exits with ${expected} where ${level} does not hold, and names the file`, async () => {
      const copy = await copyOf(built);
      await change(copy, file, (content) => content.replace(from, to));
      if (cover) await rebag(copy);
      const { code, stdout } = await run(copy);
      assert.equal(code, expected);
      assert.match(stdout, new RegExp(`^FAIL  ${level} `, "m"));
      assert.match(stdout, /INC-0042, 68 events: this archive is not as it was made\./);
    });
  }

  it("exits with 3 where there is nothing to verify, and says what to give it", async () => {
    const folder = await temporaryFolder();
    const nothing = await run(join(folder, "nothing"));
    assert.equal(nothing.code, 3);
    assert.equal(nothing.stdout, "");
    assert.equal(nothing.stderr, `cordon verify: There is nothing to read at ${join(folder, "nothing")}.\n`);
    const empty = await run(folder, true);
    assert.equal(empty.code, 3);
    assert.equal(JSON.parse(empty.stdout).refused, "not-an-archive");
  });
});
