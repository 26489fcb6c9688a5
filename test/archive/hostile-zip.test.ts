import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { ZipFile } from "yazl";
import { ArchiveRefused, verifyArchive } from "../../src/archive/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { makeRecorded } from "./made.ts";

interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly mode?: number;
}

const bag: readonly Entry[] = [
  { name: "INC/bagit.txt" },
  { name: "INC/manifest-sha256.txt" },
  { name: "INC/manifest.json" },
];

/** A zip with the files that an archive begins with, and more. */
async function zipOf(...entries: readonly Entry[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const {
    name,
    content = "some content, long enough to be made smaller, smaller, smaller",
    mode = 0o100644,
  } of [...bag, ...entries]) {
    zip.addBuffer(Buffer.from(content), name, { mode });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Writes other bytes of the same length over all, or only the last, occurrences of some. */
function overwrite(zip: Buffer, from: string, to: string, which: "all" | "first" = "all"): Buffer {
  const changed = Buffer.from(zip);
  for (let at = changed.indexOf(from); at !== -1; at = changed.indexOf(from, at + 1)) {
    changed.write(to, at, "latin1");
    if (which === "first") break;
  }
  return changed;
}

/** Changes a number in the directory's entry of a file. `offset` is that of the field in the entry. */
function inDirectory(zip: Buffer, name: string, offset: number, value: number, bytes: 2 | 4): Buffer {
  const changed = Buffer.from(zip);
  const header = changed.lastIndexOf(name) - 46;
  changed.writeUIntLE(value, header + offset, bytes);
  return changed;
}

const flags = 8;
const method = 10;
const compressed = 20;
const uncompressed = 24;

describe("a hostile zip is refused before anything of it is read", () => {
  const table: readonly (readonly [what: string, zip: () => Promise<Buffer>, why: RegExp])[] = [
    [
      "a path that leads out",
      async () => overwrite(await zipOf({ name: "INC/zz/x" }), "INC/zz/x", "INC/../x"),
      /invalid relative path/,
    ],
    [
      "an absolute path",
      async () => overwrite(await zipOf({ name: "XINC/x" }), "XINC/x", "/INC/x"),
      /absolute path/,
    ],
    [
      "a drive",
      async () => overwrite(await zipOf({ name: "CxINC/x" }), "CxINC/x", "C:INC/x"),
      /absolute path/,
    ],
    [
      "a path with backslashes",
      async () => overwrite(await zipOf({ name: "INC/zz/x" }), "INC/zz/x", "INC\\zz\\x"),
      /invalid characters/,
    ],
    ["a path with a dot in it", async () => zipOf({ name: "INC/./x" }), /not a plain path/],
    ["a name with a control character", async () => zipOf({ name: "INC/a\nb" }), /control characters/],
    [
      "a link",
      async () => zipOf({ name: "INC/link", content: "/etc/passwd", mode: 0o120777 }),
      /link or a device/,
    ],
    ["a device", async () => zipOf({ name: "INC/device", mode: 0o020666 }), /link or a device/],
    ["a name that is there twice", async () => zipOf({ name: "INC/x" }, { name: "INC/x" }), /twice/],
    [
      "names that differ in case only",
      async () => zipOf({ name: "INC/X" }, { name: "INC/x" }),
      /two spellings/,
    ],
    [
      "names that differ in composition only",
      async () => zipOf({ name: "INC/\u00e9" }, { name: "INC/e\u0301" }),
      /two spellings/,
    ],
    [
      "another name beside the data",
      async () => overwrite(await zipOf({ name: "INC/harmless" }), "INC/harmless", "INC/harmful!", "first"),
      /another name/,
    ],
    [
      "a secret",
      async () => inDirectory(await zipOf({ name: "INC/x" }), "INC/x", flags, 0x801, 2),
      /encrypted/,
    ],
    [
      "an unknown method",
      async () => inDirectory(await zipOf({ name: "INC/x" }), "INC/x", method, 99, 2),
      /unknown way/,
    ],
    [
      "a size that no compression reaches",
      async () => inDirectory(await zipOf({ name: "INC/x" }), "INC/x", uncompressed, 0xfffffff0, 4),
      /beyond what is possible/,
    ],
    [
      "more data than the file has",
      async () => inDirectory(await zipOf({ name: "INC/x" }), "INC/x", compressed, 0xfffff0, 4),
      /overflows/,
    ],
    [
      "files that share their data",
      async () =>
        bag.reduce(
          (zip, { name }) => inDirectory(zip, name, compressed, 300, 4),
          await zipOf({ name: "INC/x" }),
        ),
      /overlap/,
    ],
  ];
  for (const [what, zip, why] of table) {
    it(what, async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "hostile.zip"), await zip());
      await assert.rejects(verifyArchive(join(folder, "hostile.zip")), (problem: unknown) => {
        assert.ok(problem instanceof ArchiveRefused, String(problem));
        assert.equal(problem.code, "hostile");
        assert.match(problem.message, why);
        return true;
      });
      assert.deepEqual(await readdir(folder), ["hostile.zip"]);
    });
  }
});

describe("a zip", () => {
  it("whose data grows beyond the size it declares fails at its file", async () => {
    const { zip } = await makeRecorded("12");
    const name = "data/timeline.csv";
    const bytes = await readFile(zip);
    const header = bytes.lastIndexOf(name);
    const start = bytes.lastIndexOf("PK\u0001\u0002", header, "latin1");
    bytes.writeUInt32LE(10, start + uncompressed);
    await writeFile(zip, bytes);
    const { ok, levels } = await verifyArchive(zip);
    assert.equal(ok, false);
    assert.deepEqual(levels[0]?.problem?.file, name);
    assert.match(levels[0]?.problem?.reason ?? "", /cannot be read/);
  });

  it("of two folders is not an archive", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "two.zip"), await zipOf({ name: "other/x" }));
    const isRefusal = (problem: unknown) =>
      problem instanceof ArchiveRefused && problem.code === "not-an-archive";
    await assert.rejects(verifyArchive(join(folder, "two.zip")), isRefusal);
  });
});
