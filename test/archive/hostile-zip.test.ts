import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { constants, deflateRawSync } from "node:zlib";
import { ZipFile } from "yazl";
import { signatureFile, tagManifestFile } from "../../src/archive/bag/bag.ts";
import { ArchiveRefused, verifyArchive } from "../../src/archive/verify/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { makeRecorded } from "./made.ts";

interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
  readonly stored?: boolean;
  /** Whether its sizes stand in the form for large files. */
  readonly large?: boolean;
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
    stored = false,
    large = false,
  } of [...bag, ...entries]) {
    const options = { mode, compress: !stored, forceZip64Format: large, forceDosTimestamp: true };
    zip.addBuffer(Buffer.from(content), name, options);
  }
  zip.end({ forceZip64Format: entries.some(({ large }) => large), comment: "" });
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

/** Changes a number of 64 bits that stands `offset` bytes behind the last occurrence of some bytes. */
function behind(zip: Buffer, mark: Buffer | string, offset: number, value: bigint): Buffer {
  const changed = Buffer.from(zip);
  changed.writeBigUInt64LE(value, changed.lastIndexOf(mark) + offset);
  return changed;
}

/** The files in the directory of a zip, by their paths in the archive, and where their entries begin. */
function* entriesOf(zip: Buffer): Generator<{ readonly name: string; readonly start: number }> {
  for (let start = zip.indexOf("PK\u0001\u0002", 0, "latin1"); start !== -1; ) {
    const name = zip.toString("utf8", start + 46, start + 46 + zip.readUInt16LE(start + 28));
    if (!name.endsWith("/")) yield { name: name.replace(/^[^/]*\//, ""), start };
    start = zip.indexOf("PK\u0001\u0002", start + 46 + name.length, "latin1");
  }
}

/** In the form for large files: the record that ends the directory, and the sizes behind a file's name. */
const largeEnd = Buffer.from("PK\u0006\u0006");
const [countIn, placeIn] = [32, 48];
const sizesBehind = (name: string) => ({ uncompressed: name.length + 4, compressed: name.length + 12 });

/** Three files of 4 GB each of zeros, in a few MB. */
async function bomb(): Promise<Buffer> {
  const zeros = deflateRawSync(Buffer.alloc(2 ** 26), { finishFlush: constants.Z_FULL_FLUSH });
  const content = Buffer.concat([...Array<Buffer>(60).fill(zeros), deflateRawSync("")]);
  const names = ["INC/bomb-1", "INC/bomb-2", "INC/bomb-3"];
  const zip = await zipOf(...names.map((name) => ({ name, content, stored: true })));
  return names.reduce((made, name) => {
    const deflated = inDirectory(made, name, method, 8, 2);
    return inDirectory(deflated, name, uncompressed, 60 * 2 ** 26, 4);
  }, zip);
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
      "sizes beyond any disk",
      async () =>
        behind(
          await zipOf({ name: "INC/x", large: true }),
          "INC/x",
          sizesBehind("INC/x").uncompressed,
          2n ** 52n,
        ),
      /beyond what is possible/,
    ],
    [
      "more data than the file has, in the form for large files",
      async () =>
        behind(
          await zipOf({ name: "INC/x", large: true }),
          "INC/x",
          sizesBehind("INC/x").compressed,
          2n ** 52n,
        ),
      /overflows|overlap/,
    ],
    [
      "a million files",
      async () => behind(await zipOf({ name: "INC/x", large: true }), largeEnd, countIn, 1_000_000n),
      /claims to hold 1000000 files/,
    ],
    [
      "more files than its directory has",
      async () => behind(await zipOf({ name: "INC/x", large: true }), largeEnd, countIn, 9n),
      /invalid central directory|EOF|end of central directory/i,
    ],
    [
      "a directory beyond its end",
      async () => behind(await zipOf({ name: "INC/x", large: true }), largeEnd, placeIn, 2n ** 40n),
      /EOF/,
    ],
    ["a bomb of 12 GB", bomb, /its files claim to grow to/],
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
  it("that was cut off anywhere does not verify", async () => {
    const { zip } = await makeRecorded("12");
    const bytes = await readFile(zip);
    for (let part = 1; part < 40; part += 1) {
      await writeFile(zip, bytes.subarray(0, Math.floor((bytes.length * part) / 40)));
      const isRefusal = (problem: unknown) =>
        problem instanceof ArchiveRefused && problem.code === "not-an-archive";
      await assert.rejects(verifyArchive(zip), isRefusal);
    }
  });

  it("whose data grows beyond the size it declares fails at its file, whichever it is", async () => {
    const { zip } = await makeRecorded("12");
    const sound = await readFile(zip);
    // Of what is stored as it is, the two sizes would contradict each other.
    const entries = [...entriesOf(sound)].filter(
      ({ start }) => sound.readUInt16LE(start + method) === 8 && sound.readUInt32LE(start + uncompressed) > 0,
    );
    assert.ok(entries.length > 15);
    for (const { name, start } of entries) {
      const bytes = Buffer.from(sound);
      bytes.writeUInt32LE(bytes.readUInt32LE(start + uncompressed) - 1, start + uncompressed);
      await writeFile(zip, bytes);
      const { ok, levels, digest } = await verifyArchive(zip);
      assert.equal(ok, false, name);
      // No manifest lists the signature, which is read for L2.
      const problem = levels[name === signatureFile ? 1 : 0]?.problem;
      assert.equal(problem?.file, name);
      assert.match(problem?.reason ?? "", /cannot be read|too many bytes/);
      assert.equal(digest === "none", name === tagManifestFile);
    }
  });

  it("whose data grows beyond the size it declares is not read to its end", async () => {
    const { zip } = await makeRecorded("12");
    const zeros = deflateRawSync(Buffer.alloc(2 ** 26), { finishFlush: constants.Z_FULL_FLUSH });
    const lying = await zipOf({
      name: "INC/data/x",
      content: Buffer.concat(Array(80).fill(zeros)),
      stored: true,
    });
    const name = "INC/data/x";
    const deflated = inDirectory(inDirectory(lying, name, method, 8, 2), name, uncompressed, 1000, 4);
    await writeFile(zip, deflated);
    const { ok } = await verifyArchive(zip);
    assert.equal(ok, false);
  });

  it("of two folders is not an archive", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "two.zip"), await zipOf({ name: "other/x" }));
    const isRefusal = (problem: unknown) =>
      problem instanceof ArchiveRefused && problem.code === "not-an-archive";
    await assert.rejects(verifyArchive(join(folder, "two.zip")), isRefusal);
  });
});

describe("a hostile folder is refused", () => {
  const isHostile = (problem: unknown) => problem instanceof ArchiveRefused && problem.code === "hostile";

  it("with a pipe in it, which would be waited for without end", async () => {
    const { path } = await makeRecorded("12");
    await promisify(execFile)("mkfifo", [join(path, "data", "pipe")]);
    await assert.rejects(verifyArchive(path), isHostile);
  });

  it("with names that differ in case only", async () => {
    const { path } = await makeRecorded("12");
    await writeFile(join(path, "data", "TIMELINE.csv"), "");
    await assert.rejects(verifyArchive(path), isHostile);
  });
});
