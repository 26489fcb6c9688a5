import assert from "node:assert/strict";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type BuiltArchive, buildArchive } from "../../src/archive/build.ts";
import { isWhole, readLineageOf } from "../../src/archive/copy.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { toolVersion } from "../../src/service/version.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveKey } from "./key.ts";
import { archiveName, change, everyFile, make, rebag } from "./made.ts";
import { sealedAt } from "./recorded.ts";
import { SyntheticRoom } from "./synthetic.ts";

const folder = await temporaryFolder();
const room = new SyntheticRoom();
const said = room.say("SECRET-INDIA");
const seal = room.seal();
const first = await make(room.source({ seal }), folder);
room.redact(said, "found later");
const second = await revise(first, 2);
const third = await revise(second, 3);

describe("a revision", () => {
  it("holds at every level, has the same seal, and none of what was removed", async () => {
    for (const built of [second, third]) {
      for (const path of [built.path, built.zip]) {
        const { levels, verdict } = await verifyArchive(path);
        assert.deepEqual([...new Set(levels.map(({ outcome }) => outcome))], ["pass"]);
        assert.equal(verdict, "proven");
      }
      for (const file of await everyFile(built.path)) {
        assert.ok(!(await readFile(join(built.path, file), "latin1")).includes("INDIA"), file);
      }
    }
  });

  it("names the archive before it, in the manifest, the report and VERIFY.txt", async () => {
    const manifest = JSON.parse(await readFile(join(third.path, "manifest.json"), "utf8"));
    assert.equal(manifest.revision, 3);
    assert.equal(manifest.supersedes.digest, second.digest);
    for (const file of ["VERIFY.txt", "data/index.html", "data/report.html"]) {
      assert.ok((await readFile(join(third.path, file), "utf8")).includes(second.digest), file);
    }
    const before = JSON.parse(await readFile(join(first.path, "manifest.json"), "utf8"));
    assert.deepEqual([before.revision, before.supersedes], [1, null]);
  });

  it("keeps the signatures of all before it, found in the folder or else in the zip", async () => {
    const kept = (await everyFile(third.path)).filter((file) => file.startsWith("lineage/"));
    assert.equal(kept.length, 4);
    const elsewhere = await temporaryFolder();
    await cp(third.zip, join(elsewhere, `${nameOf(third)}.zip`));
    const archive = { name: nameOf(third), digest: third.digest };
    const lineage = await readLineageOf(archive, [await temporaryFolder(), elsewhere]);
    assert.deepEqual(
      lineage?.map(({ name }) => name),
      [first, second, third].map(nameOf),
    );
    assert.equal(await readLineageOf({ ...archive, digest: first.digest }, [elsewhere]), undefined);
  });
});

describe("a lineage", () => {
  const spoil: Readonly<Record<string, (lineage: string) => Promise<void>>> = {
    "another predecessor": async (lineage) => {
      await rename(join(lineage, nameOf(second)), join(lineage, "aside"));
      await rename(join(lineage, nameOf(first)), join(lineage, nameOf(second)));
      await rename(join(lineage, "aside"), join(lineage, nameOf(first)));
    },
    "a predecessor that is not there": (lineage) => rm(join(lineage, nameOf(second)), { recursive: true }),
    "a gap before it": (lineage) => rm(join(lineage, nameOf(first)), { recursive: true }),
    "a signature of another text": (lineage) =>
      cp(
        join(lineage, nameOf(first), "tagmanifest-sha256.txt.sig"),
        join(lineage, nameOf(second), "tagmanifest-sha256.txt.sig"),
      ),
    "a signature that is missing": (lineage) =>
      rm(join(lineage, nameOf(first), "tagmanifest-sha256.txt.sig")),
    "something else": async (lineage) => {
      await mkdir(join(lineage, "more"));
      await writeFile(join(lineage, "more", "words.txt"), "SECRET-INDIA");
    },
  };
  for (const [what, doIt] of Object.entries(spoil)) {
    it(`with ${what} does not hold, whoever signs it`, async () => {
      const copy = join(await temporaryFolder(), nameOf(third));
      await cp(third.path, copy, { recursive: true });
      await doIt(join(copy, "lineage"));
      await rebag(copy);
      assert.deepEqual(await failing(copy), ["L2"]);
    });
  }

  it("is only where there is an archive before", async () => {
    const copy = join(await temporaryFolder(), nameOf(third));
    await cp(third.path, copy, { recursive: true });
    await change(copy, "manifest.json", (text) =>
      text.replace(/"supersedes": \{[^}]*\}/, '"supersedes": null'),
    );
    await rebag(copy);
    assert.ok((await failing(copy)).includes("L2"));
  });
});

describe("an archive that lies somewhere", () => {
  it("is whole, or is not", async () => {
    assert.ok((await isWhole(third.path, third.digest)) && (await isWhole(third.zip, third.digest)));
    assert.ok(!(await isWhole(third.path, second.digest)));
    assert.ok(!(await isWhole(join(folder, "nowhere"), third.digest)));
    const copy = join(await temporaryFolder(), "copy.zip");
    await writeFile(copy, (await readFile(third.zip)).subarray(0, -100));
    assert.ok(!(await isWhole(copy, third.digest)));
  });
});

async function revise(former: BuiltArchive, number: number): Promise<BuiltArchive> {
  const supersedes = { name: nameOf(former), digest: former.digest };
  return buildArchive(room.source({ seal }), {
    folder,
    name: `${archiveName}-r${number}`,
    tool: { name: "cordon", version: toolVersion },
    sealedAt,
    signer: archiveKey,
    revision: { number, supersedes },
    lineage: (await readLineageOf(supersedes, [folder])) ?? [],
  });
}

async function failing(path: string): Promise<readonly string[]> {
  const { levels } = await verifyArchive(path);
  return levels.flatMap(({ level, outcome }) => (outcome === "fail" ? [level] : []));
}

function nameOf({ path }: BuiltArchive): string {
  return path.split("/").at(-1) ?? "";
}
