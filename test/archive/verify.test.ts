import assert from "node:assert/strict";
import { readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { buildArchive } from "../../src/archive/build.ts";
import { ownRenderer } from "../../src/archive/maker.ts";
import { ArchiveRefused, verifyArchive } from "../../src/archive/verify/verify.ts";
import { chain } from "../../src/journal/chain.ts";
import { toolVersion } from "../../src/service/version.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveKey } from "./key.ts";
import { change, copyOf, everyFile, makeRecorded, rebag } from "./made.ts";
import { salt } from "./recorded.ts";
import { bot, SyntheticRoom } from "./synthetic.ts";

const pdus = "data/events/pdu-0001.ndjson";
const journal = "data/journal.ndjson";

const built = await makeRecorded("12");

/** The first level that fails, with the file that is blamed. */
async function firstFailure(path: string): Promise<string> {
  const { levels, ok } = await verifyArchive(path);
  const failed = levels.find(({ outcome }) => outcome === "fail");
  assert.equal(ok, failed === undefined);
  return failed === undefined ? "none" : `${failed.level} ${failed.problem?.file}`;
}

/** Changes a line of a text. */
function onLine(number: number, by: (line: string) => string): (text: string) => string {
  return (text) =>
    text
      .split("\n")
      .map((line, index) => (index === number - 1 ? by(line) : line))
      .join("\n");
}

/** Takes a line out of a text. */
function without(number: number): (text: string) => string {
  return (text) =>
    text
      .split("\n")
      .toSpliced(number - 1, 1)
      .join("\n");
}

describe("a file that was changed", async () => {
  for (const file of await everyFile(built.path)) {
    it(`is found: ${file.replace(/[0-9a-f]{64}/, "<hash>")}`, async () => {
      const copy = await copyOf(built);
      const bytes = await readFile(join(copy, file));
      const spoiled = bytes.length === 0 ? Buffer.from("\n") : Buffer.from(bytes);
      const place = Math.floor(spoiled.length / 2);
      spoiled[place] = (spoiled[place] ?? 0) ^ 0x01;
      await writeFile(join(copy, file), spoiled);
      const level = file.endsWith(".sig") ? /^L2 / : /^L1 /;
      assert.match(await firstFailure(copy), level);
    });
  }
});

describe("who changes the files and not the manifests", () => {
  it("is found out by a file that is missing", async () => {
    const copy = await copyOf(built);
    await rm(join(copy, "data/timeline.csv"));
    assert.equal(await firstFailure(copy), "L1 data/timeline.csv");
  });

  for (const extra of ["data/extra.txt", "extra.txt", "data/events/pdu-0002.ndjson"]) {
    it(`is found out by a file too many: ${extra}`, async () => {
      const copy = await copyOf(built);
      await writeFile(join(copy, extra), "extra");
      assert.equal(await firstFailure(copy), `L1 ${extra}`);
    });
  }

  it("is found out by a file of another name", async () => {
    const copy = await copyOf(built);
    await rename(join(copy, "data/timeline.csv"), join(copy, "data/timeline2.csv"));
    assert.equal(await firstFailure(copy), "L1 data/timeline.csv");
  });

  it("is found out by a line that is missing in the manifest", async () => {
    const copy = await copyOf(built);
    await change(copy, "manifest-sha256.txt", (text) => text.replace(/^.*timeline\.csv\n/m, ""));
    assert.equal(await firstFailure(copy), "L1 data/timeline.csv");
  });
});

describe("who changes the manifests too", () => {
  const table: readonly (readonly [
    what: string,
    file: string,
    by: (text: string) => string,
    failure: string,
  ])[] = [
    [
      "a message's words",
      pdus,
      (text) => text.replace("Queue depth looks normal", "Queue depth looks awful"),
      `L3 ${pdus}`,
    ],
    ["a message's sender", pdus, (text) => text.replace('"sender":"@bob', '"sender":"@eve'), `L3 ${pdus}`],
    [
      "an event's id",
      pdus,
      onLine(20, (line) => line.replace(/"event_id":"\$.{4}/, '"event_id":"$AAAA')),
      `L3 ${pdus}`,
    ],
    [
      "the words away, as if redacted",
      pdus,
      onLine(29, (line) => line.replace(/"content":\{.*?\},"depth"/, '"content":{},"depth"')),
      `L3 ${pdus}`,
    ],
    ["an event away", pdus, without(30), "L3 manifest.json"],
    [
      "the order of two members",
      pdus,
      onLine(5, (line) => line.replace(/^\{(.*?),"pdu":(.*)\}$/, '{"pdu":$2,$1}')),
      `L3 ${pdus}`,
    ],
    [
      "an entry of the journal",
      journal,
      (text) => text.replace("Rolled back release 214", "Did nothing at all"),
      `L5 ${journal}`,
    ],
    ["the last entry away", journal, (text) => text.split("\n").toSpliced(-2, 1).join("\n"), `L5 ${journal}`],
    ["an entry in the middle away", journal, without(10), `L5 ${journal}`],
    [
      "the incident's id",
      "manifest.json",
      (text) => text.replace('"id": "INC-0042"', '"id": "INC-0043"'),
      `L5 ${journal}`,
    ],
    [
      "the room's version",
      "manifest.json",
      (text) => text.replace('"version": "12"', '"version": "13"'),
      `L3 ${pdus}`,
    ],
    ["the seal", "manifest.json", (text) => text.replace(/"seal": "\$.{4}/, '"seal": "$AAAA'), `L4 ${pdus}`],
  ];
  for (const [what, file, by, failure] of table) {
    it(`and ${what} is found out at ${failure.slice(0, 2)}`, async () => {
      const copy = await copyOf(built);
      await change(copy, file, by);
      await rebag(copy);
      assert.equal(await firstFailure(copy), failure);
    });
  }

  for (const file of ["data/index.html", "data/timeline.csv", "data/postmortem.md", "data/assets/app.js"]) {
    it(`and what people read is found out at L6: ${file}`, async () => {
      const copy = await copyOf(built);
      await change(copy, file, (text) => `${text}\n`);
      await rebag(copy);
      assert.equal(await firstFailure(copy), `L6 ${file}`);
    });
  }

  it("and a page too many or too few is found out at L6", async () => {
    const copy = await copyOf(built);
    await writeFile(join(copy, "data/messages/0002.html"), "<p>more");
    await rebag(copy);
    assert.equal(await firstFailure(copy), "L6 data/messages/0002.html");
    await rm(join(copy, "data/messages/0002.html"));
    await rm(join(copy, "data/timeline.ndjson"));
    await rebag(copy);
    assert.equal(await firstFailure(copy), "L6 data/timeline.ndjson");
  });

  for (const [file, instead] of [
    ["data/media.ndjson", ""],
    ["data/completeness.json", "{}"],
  ] as const) {
    it(`and the data so that no page can be made of them is found out at L6: ${file}`, async () => {
      const copy = await copyOf(built);
      await change(copy, file, () => instead);
      await rebag(copy);
      assert.equal(await firstFailure(copy), `L6 ${file}`);
    });
  }

  /** What became of L6 where the manifest names another renderer, and perhaps a page is another one. */
  const pagesWith = async (renderer: Readonly<Record<string, string>>, isPageChanged: boolean) => {
    const copy = await copyOf(built);
    await change(copy, "manifest.json", (text) => {
      const manifest = JSON.parse(text);
      return JSON.stringify({ ...manifest, renderer: { ...manifest.renderer, ...renderer } });
    });
    if (isPageChanged) await change(copy, "data/postmortem.md", (text) => `${text}more\n`);
    await rebag(copy);
    const { levels, ok, complete } = await verifyArchive(copy, { toolVersion: "0.0.2" });
    return { ok, complete, words: levels.at(-1)?.words, outcome: levels.at(-1)?.outcome };
  };

  it("and the pages of another renderer are not judged, which is said", async () => {
    const code = "ab".repeat(32);
    const own = ownRenderer.code.slice(0, 12);
    for (const isPageChanged of [false, true]) {
      assert.deepEqual(await pagesWith({ code }, isPageChanged), {
        ok: true,
        complete: false,
        outcome: "not-checked",
        words: `made by another version (renderer abababababab by cordon ${toolVersion}; this is renderer ${own} by 0.0.2)`,
      });
    }
  });

  it("and pages that another table of time zones may have changed are not judged, which is said", async () => {
    const { unicode, timeZones } = ownRenderer;
    const ours = `this Node.js has Unicode ${unicode} and time zones ${timeZones}`;
    assert.deepEqual(await pagesWith({ time_zones: "1999a" }, true), {
      ok: true,
      complete: false,
      outcome: "not-checked",
      words: `data/postmortem.md: the data give another one, and it was made with Unicode ${unicode} and time zones 1999a; ${ours}`,
    });
    const same = await pagesWith({ time_zones: "1999a", unicode: "1.0" }, false);
    assert.deepEqual([same.outcome, same.complete], ["pass", true]);
    assert.equal((await pagesWith({}, true)).outcome, "fail");
  });

  for (const renderer of [
    "none",
    { code: "none", unicode: "1", time_zones: "1" },
    { code: "ab".repeat(32) },
    undefined,
  ]) {
    it(`and a renderer is named as the format says: not ${JSON.stringify(renderer)}`, async () => {
      const copy = await copyOf(built);
      await change(copy, "manifest.json", (text) => {
        const manifest = JSON.parse(text);
        return JSON.stringify({ ...manifest, renderer, tool: { ...manifest.tool, version: "0.2.0" } });
      });
      await rebag(copy);
      await assert.rejects(
        verifyArchive(copy),
        (problem) => problem instanceof ArchiveRefused && problem.code === "not-an-archive",
      );
    });
  }

  it("and the count is found out by the graph", async () => {
    const copy = await copyOf(built);
    await change(copy, pdus, without(30));
    await change(copy, "manifest.json", (text) => text.replace('"events": 68', '"events": 67'));
    await rebag(copy);
    assert.equal(await firstFailure(copy), `L4 ${pdus}`);
  });

  it("and the whole journal from an entry on is found out by what the room witnessed", async () => {
    const room = new SyntheticRoom();
    room.fact({ type: "noted", data: { text: "as it was" } });
    const { seq, hash } = room.head;
    room.add(
      "m.room.message",
      { msgtype: "m.notice", body: "noted", "org.cordon.journal": { seq, hash } },
      { sender: bot },
    );
    const seal = room.seal();
    const witnessed = await buildArchive(room.source({ seal }), {
      folder: await temporaryFolder(),
      name: "INC-0007",
      tool: { name: "cordon", version: "0.0.1" },
      sealedAt: 0,
      signer: archiveKey,
    });
    assert.equal(await firstFailure(witnessed.path), "none");
    const { head } = await rewriteJournal(witnessed.path, "as it never was");
    await change(witnessed.path, "manifest.json", (text) =>
      text.replace(/"hash": "[0-9a-f]{64}"/, `"hash": "${head}"`),
    );
    await rebag(witnessed.path);
    assert.equal(await firstFailure(witnessed.path), `L5 ${pdus}`);
  });
});

/** Writes another note into a journal and hashes everything after it anew. */
async function rewriteJournal(folder: string, text: string): Promise<{ readonly head: string }> {
  const lines = (await readFile(join(folder, journal), "utf8")).trimEnd().split("\n");
  let head = { seq: 0, hash: "0".repeat(64) };
  const rewritten = lines.map((line) => {
    const { type, data, actor, actorRoles, eventAt, recordedAt, cause } = JSON.parse(line);
    const fact = type === "noted" ? { type, data: { text } } : { type, data };
    head = chain("INC-0007", head, fact, { actor, actorRoles, eventAt, recordedAt, cause }, salt);
    return JSON.stringify(head);
  });
  await writeFile(join(folder, journal), `${rewritten.join("\n")}\n`);
  return { head: head.hash };
}

describe("what is no archive", () => {
  const refusedAs = (code: string) => (problem: unknown) =>
    problem instanceof ArchiveRefused && problem.code === code;

  it("is refused: nothing, an empty folder, another file", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "text.zip"), "not a zip");
    for (const path of [join(folder, "nothing"), folder, join(folder, "text.zip")]) {
      await assert.rejects(verifyArchive(path), refusedAs("not-an-archive"));
    }
  });

  it("is refused: a folder with a link in it", async () => {
    const copy = await copyOf(built);
    await rm(join(copy, "data/timeline.csv"));
    await symlink("/etc/hostname", join(copy, "data/timeline.csv"));
    await assert.rejects(verifyArchive(copy), refusedAs("hostile"));
  });

  it("is refused: a bag of somebody else", async () => {
    const copy = await copyOf(built);
    await change(copy, "manifest.json", (text) => text.replace("cordon-archive/1", "other/1"));
    await rebag(copy);
    await assert.rejects(verifyArchive(copy), refusedAs("not-an-archive"));
  });
});
