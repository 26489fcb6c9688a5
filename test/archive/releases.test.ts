import assert from "node:assert/strict";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { buildArchive } from "../../src/archive/build.ts";
import { readLineageOf } from "../../src/archive/copy.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { readAllowedSigners } from "../../src/proof/allowedsigners.ts";
import { writePublicKey } from "../../src/proof/sshkey.ts";
import { toolVersion } from "../../src/service/version.ts";
import { temporaryFolder } from "../support/folder.ts";
import { archiveKey } from "./key.ts";
import { change, everyFile, imprint, rebag } from "./made.ts";
import { complaintOfVerifier } from "./stocktools.ts";
import { SyntheticRoom } from "./synthetic.ts";
import { run, trusted } from "./verifying.ts";

/** Archives that were made by the versions that were released: a folder for each. */
const fixtures = join(import.meta.dirname, "fixtures");
const versions = (await readdir(fixtures)).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

const page = "data/messages/0001.html";
const last = "consistent in itself up to L5; not checked: L6 pages. Its own verdict: proven.";

for (const version of versions) {
  const folder = join(fixtures, version);
  const trust = join(folder, "allowed_signers");
  const archives = (await readdir(folder)).filter((name) => name.startsWith("INC-"));
  const first = archives.find((name) => !name.endsWith(".zip")) ?? "";

  describe(`an archive that version ${version} made`, () => {
    for (const name of archives) {
      const path = join(folder, name);

      it(`holds up to L5, and is not called altered: ${name}`, async () => {
        const signers = readAllowedSigners(await readFile(trust, "utf8"));
        const found = await verifyArchive(path, { trust: signers, toolVersion });
        assert.deepEqual(
          found.levels.map(({ level, outcome }) => `${level} ${outcome}`),
          ["L1 pass", "L2 pass", "L3 pass", "L3 pass", "L4 pass", "L5 pass", "L6 not-checked"],
        );
        assert.deepEqual([found.ok, found.complete, found.verdict], [true, false, "proven"]);
        const words = found.levels.at(-1)?.words ?? "";
        assert.match(words, /^made by another version \(/);
        assert.ok(words.includes(`cordon ${version}`), words);
      });

      it(`is no success as long as the pages are asked for: ${name}`, async () => {
        const { code, stdout } = await run(path, { trust });
        assert.equal(code, 26);
        assert.ok(stdout.includes(` events: ${last}\n`), stdout);
        const told = JSON.parse((await run(path, { trust, json: true })).stdout);
        assert.deepEqual([told.ok, told.complete, told.upTo], [true, false, "L6"]);
      });

      it(`is one where they are not: ${name}`, async () => {
        const { code, stdout } = await run(path, { trust, upTo: "L5" });
        assert.equal(code, 0);
        const words = " events: everything up to L5 holds; no more was asked for. Its own verdict: proven.\n";
        assert.ok(stdout.includes(words), stdout);
        assert.doesNotMatch(stdout, /L6/);
        const told = JSON.parse((await run(path, { trust, json: true, upTo: "L5" })).stdout);
        assert.deepEqual([told.ok, told.complete, told.upTo, told.levels.length], [true, true, "L5", 6]);
      });
    }

    it("is accepted by a verifier that was written from the page of the format", async () => {
      const key = await signerOf(join(folder, first), trust);
      assert.equal(await complaintOfVerifier({ folder: join(folder, first), publicKey: key }), undefined);
    });

    it("is found out by its files where a page was changed", async () => {
      const { code, stdout } = await run(await spoiled(join(folder, first)), { trust });
      assert.equal(code, 11);
      assert.match(stdout, new RegExp(`^FAIL {2}L1 .*${page}`, "m"));
      assert.match(stdout, /: this archive is not as it was made\.$/m);
    });

    it("is found out by its signature where somebody else signed it anew", async () => {
      const copy = await spoiled(join(folder, first));
      await rebag(copy);
      assert.equal((await run(copy, { trust })).code, 12);
    });

    it("is no success where a page was changed by whoever holds a trusted key", async () => {
      const copy = await spoiled(join(folder, first));
      const { fingerprint } = archiveKey.publicKey;
      await change(copy, "manifest.json", (text) => text.replace(/"SHA256:[^"]*"/, `"${fingerprint}"`));
      await rebag(copy);
      const { code, stdout } = await run(copy, { trust: await trusted(archiveKey) });
      assert.equal(code, 26);
      assert.match(stdout, /^ok {4}L2 .*trusted as cordon$/m);
      assert.ok(stdout.includes(last), stdout);
    });

    it("can be the lineage of a revision that this version makes", async () => {
      const { digest } = await verifyArchive(join(folder, first));
      const supersedes = { name: first, digest };
      const room = new SyntheticRoom();
      const revision = await buildArchive(room.source({ seal: room.seal() }), {
        ...imprint,
        folder: await temporaryFolder(),
        revision: { number: 2, supersedes },
        lineage: (await readLineageOf(supersedes, [folder])) ?? [],
      });
      const kept = (await everyFile(revision.path)).filter((file) => file.startsWith(`lineage/${first}/`));
      assert.equal(kept.length, 2);
      assert.equal((await run(revision.path, { trust: await trusted(archiveKey) })).code, 0);
    });
  });
}

it("there is an archive of the first version, at least", () => {
  assert.ok(versions.includes("0.1.0"));
});

/** A copy of an archive in which a page tells something else. */
async function spoiled(path: string): Promise<string> {
  const copy = join(await temporaryFolder(), "copy");
  await cp(path, copy, { recursive: true });
  await change(copy, page, (text) => text.replace("The failover node is full", "The failover node is empty"));
  return copy;
}

/** The trusted key that signed an archive, in one line. */
async function signerOf(path: string, trust: string): Promise<string> {
  const { signed_by } = JSON.parse(await readFile(join(path, "manifest.json"), "utf8"));
  const signers = readAllowedSigners(await readFile(trust, "utf8"));
  const signer = signers.find(({ publicKey }) => publicKey.fingerprint === signed_by);
  if (signer === undefined) throw new Error(`nobody trusts ${signed_by}`);
  return writePublicKey(signer.publicKey);
}
