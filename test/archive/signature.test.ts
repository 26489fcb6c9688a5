import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { signatureFile, signatureNamespace, tagManifestFile } from "../../src/archive/bag/bag.ts";
import { type LevelResult, type VerifyOptions, verifyArchive } from "../../src/archive/verify/verify.ts";
import { readAllowedSigners } from "../../src/proof/allowedsigners.ts";
import { makeSigningKey, writePublicKey } from "../../src/proof/sshkey.ts";
import { temporaryFolder } from "../support/folder.ts";
import { withOpenSsh } from "../support/openssh.ts";
import { archiveKey } from "./key.ts";
import { change, copyOf, make, makeRecorded, rebag } from "./made.ts";
import { bot, SyntheticRoom } from "./synthetic.ts";

const built = await makeRecorded("12");
const { fingerprint } = archiveKey.publicKey;
const trust = readAllowedSigners(`cordon ${writePublicKey(archiveKey.publicKey)}`);

/** What became of L2. */
async function signatureOf(path: string, options: VerifyOptions = {}): Promise<LevelResult | undefined> {
  const { levels } = await verifyArchive(path, options);
  return levels.find(({ level }) => level === "L2");
}

/** Whether ssh-keygen accepts the signature of an archive's folder, called as VERIFY.txt says. */
async function opensshAccepts(folder: string): Promise<boolean> {
  const signers = join(await temporaryFolder(), "allowed_signers");
  await writeFile(
    signers,
    `cordon namespaces="${signatureNamespace}" ${writePublicKey(archiveKey.publicKey)}\n`,
  );
  const args = ["-Y", "verify", "-f", signers, "-I", "cordon", "-n", signatureNamespace, "-s", signatureFile];
  const program = spawn("ssh-keygen", args, { cwd: folder, stdio: ["pipe", "ignore", "ignore"] });
  createReadStream(join(folder, tagManifestFile)).pipe(program.stdin);
  const [code] = await once(program, "close");
  return code === 0;
}

describe("the signature of an archive", () => {
  it("is accepted by ssh-keygen, and not once a manifest is another", withOpenSsh, async () => {
    assert.equal(await opensshAccepts(built.path), true);
    const copy = await copyOf(built);
    await change(copy, tagManifestFile, (text) =>
      text.replace(/[0-9a-f]/, (digit) => (digit === "0" ? "1" : "0")),
    );
    assert.equal(await opensshAccepts(copy), false);
  });

  it("is explained in VERIFY.txt, with the key's fingerprint", async () => {
    const text = await readFile(join(built.path, "VERIFY.txt"), "utf8");
    assert.ok(text.includes(fingerprint));
    assert.match(text, /ssh-keygen -Y verify .* -n cordon-archive@v1/);
  });

  it("is named with its key, and by whom that is trusted", async () => {
    assert.equal(
      (await signatureOf(built.path, { trust }))?.words,
      `signed by ${fingerprint}, trusted as cordon`,
    );
    const words = `signed by ${fingerprint} (not compared with a trusted key)`;
    assert.equal((await signatureOf(built.zip))?.words, words);
  });

  it("does not count after the time for which its key is trusted", async () => {
    const expired = trust.map((signer) => ({ ...signer, before: Date.UTC(2026, 11) }));
    const outcomeAt = async (at: number) => (await signatureOf(built.path, { trust: expired, at }))?.outcome;
    assert.equal(await outcomeAt(Date.UTC(2026, 10, 30)), "pass");
    assert.equal(await outcomeAt(Date.UTC(2027, 0)), "fail");
  });

  it("is missed where it was taken away", async () => {
    const copy = await copyOf(built);
    await rm(join(copy, signatureFile));
    assert.equal((await signatureOf(copy))?.words, `${signatureFile}: it is missing`);
  });

  it("is that of the key which the archive itself names", async () => {
    const copy = await copyOf(built);
    await rebag(copy, makeSigningKey());
    assert.match((await signatureOf(copy))?.words ?? "", /, and manifest\.json names SHA256:/);
  });
});

describe("an archive that somebody else signed anew", async () => {
  const other = makeSigningKey();
  /** An archive of a room whose state names this key, signed anew by another one. */
  const signedAnew = async (named: string): Promise<string> => {
    const room = new SyntheticRoom();
    room.add("org.cordon.archive-key", { fingerprint: named }, { sender: bot, stateKey: "" });
    const seal = room.seal();
    const { path } = await make(room.source({ seal }));
    await change(path, "manifest.json", (text) => text.replace(fingerprint, other.publicKey.fingerprint));
    await rebag(path, other);
    return path;
  };

  it("is found out by the trusted keys", async () => {
    const path = await signedAnew(other.publicKey.fingerprint);
    assert.equal((await signatureOf(path))?.outcome, "pass");
    assert.match((await signatureOf(path, { trust }))?.words ?? "", /, which is not among the trusted keys$/);
  });

  it("is found out by what the room's state names, where nobody says whom to trust", async () => {
    const result = await signatureOf(await signedAnew(fingerprint));
    assert.equal(result?.outcome, "fail");
    assert.ok(result?.words.endsWith(`, and the room's state names ${fingerprint}`));
  });
});
