import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { makeSigningKey } from "../../src/proof/sshkey.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveKey } from "./key.ts";
import { change, copyOf, make, makeRecorded, rebag } from "./made.ts";
import { SyntheticRoom } from "./synthetic.ts";
import { run, trusted } from "./verifying.ts";

const built = await makeRecorded("12");
const { fingerprint } = archiveKey.publicKey;

describe("cordon verify", () => {
  it("tells level by level what holds", async () => {
    const { code, stdout, stderr } = await run(built.zip);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const lines = [
      "ok    L1 files              31 files as in the manifests, and no others",
      `ok    L2 signature          signed by ${fingerprint} (not compared with a trusted key)`,
      "ok    L3 ids and contents   68 events, 6 of them redacted",
      "ok    L3 signatures         68 events signed by their homeserver",
      "ok    L4 graph              no event is missing, and the seal commits to all of them",
      "ok    L5 journal            25 entries in one chain, no message of the room witnesses it",
      "ok    L6 pages              15 files are what the data give",
      "",
      "INC-0042, 68 events: everything that was checked holds. Its own verdict: proven.",
      `digest ${built.digest}`,
      "",
    ];
    assert.equal(stdout, lines.join("\n"));
  });

  it("says the same as JSON", async () => {
    const { code, stdout } = await run(built.path, { json: true });
    const result = JSON.parse(stdout);
    assert.equal(code, 0);
    const members = ["ok", "complete", "upTo", "incident", "digest", "events", "verdict", "levels"];
    assert.deepEqual(Object.keys(result), members);
    assert.deepEqual([result.ok, result.complete, result.upTo], [true, true, "L6"]);
    assert.deepEqual([result.digest, result.levels.length], [built.digest, 7]);
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
    ["L6", 16, "data/messages/0001.html", "Queue depth", "Queue death", true],
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

  it("exits with 23 where no signature of an event could be checked, and says so in its last line", async () => {
    const room = new SyntheticRoom();
    const { path } = await make(room.source({ seal: room.seal(), keys: {} }));
    const { code, stdout } = await run(path);
    assert.equal(code, 23);
    assert.match(
      stdout,
      /: consistent in itself; not checked: L3 signatures\. Its own verdict: explained-gaps\.$/m,
    );
    assert.equal((await run(path, { upTo: "L2" })).code, 0);
  });

  it("is the program's own words that its last line has, whatever the manifest says", async () => {
    const copy = await copyOf(built);
    await change(copy, "manifest.json", (content) => {
      const manifest = JSON.parse(content);
      const renderer = { ...manifest.renderer, code: "ab".repeat(32) };
      const tool = { name: "cordon", version: "\u001b[2J\u202e\nok    L6 pages" };
      return JSON.stringify({ ...manifest, tool, renderer, verdict: "proven.\nok" });
    });
    await rebag(copy);
    const { code, stdout } = await run(copy);
    assert.equal(code, 26);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no such character may be there
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f]/);
    assert.equal(stdout.trimEnd().split("\n").length, 10);
    assert.doesNotMatch(stdout, /^ok {4}L6/m);
  });

  it("says by whom it is trusted that the key is, among old keys and new ones", async () => {
    const { code, stdout } = await run(built.zip, { trust: await trusted(makeSigningKey(), archiveKey) });
    assert.equal(code, 0);
    assert.ok(stdout.includes(`ok    L2 signature          signed by ${fingerprint}, trusted as cordon\n`));
  });

  it("exits with 12 where the key is not among the trusted ones", async () => {
    const { code, stdout } = await run(built.path, { trust: await trusted(makeSigningKey()) });
    assert.equal(code, 12);
    assert.match(stdout, /^FAIL {2}L2 .*which is not among the trusted keys$/m);
  });

  it("exits with 2 where there are no keys to be read", async () => {
    const folder = await temporaryFolder();
    const missing = await run(built.path, { trust: join(folder, "nothing") });
    assert.equal(missing.code, 2);
    assert.equal(
      missing.stderr,
      `cordon verify: ${join(folder, "nothing")} cannot be read (ENOENT); check the path\n`,
    );
    const none = await trusted();
    const { code, stderr } = await run(built.path, { trust: none });
    assert.equal(code, 2);
    assert.match(stderr, /holds no Ed25519 key; write a line in it for each: NAME ssh-ed25519 AAAA\.\.\.$/m);
  });

  it("exits with 3 where there is nothing to verify, and says what to give it", async () => {
    const folder = await temporaryFolder();
    const nothing = await run(join(folder, "nothing"));
    assert.equal(nothing.code, 3);
    assert.equal(nothing.stdout, "");
    assert.equal(nothing.stderr, `cordon verify: There is nothing to read at ${join(folder, "nothing")}.\n`);
    const empty = await run(folder, { json: true });
    assert.equal(empty.code, 3);
    assert.equal(JSON.parse(empty.stdout).refused, "not-an-archive");
  });
});
