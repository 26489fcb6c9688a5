import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { findSigner, readAllowedSigners } from "../../../src/proof/allowedsigners.ts";
import {
  makeSigningKey,
  readPrivateKey,
  writePrivateKey,
  writePublicKey,
} from "../../../src/proof/sshkey.ts";
import { sshSign, sshVerify } from "../../../src/proof/sshsig.ts";
import { NotSsh } from "../../../src/proof/sshwire.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { withOpenSsh } from "../../support/openssh.ts";

const run = promisify(execFile);
const namespace = "cordon-archive@v1";
const message = Buffer.from("what is signed\n");
const key = makeSigningKey();
const { publicKey } = key;

/** Whether ssh-keygen accepts a signature, by its exit code. */
async function opensshAccepts(signature: string, signed: Buffer, purpose = namespace): Promise<boolean> {
  const folder = await temporaryFolder();
  const [signers, file] = [join(folder, "allowed_signers"), join(folder, "signature")];
  await writeFile(signers, `cordon namespaces="${namespace}" ${writePublicKey(publicKey)}\n`);
  await writeFile(file, signature);
  const args = ["-Y", "verify", "-f", signers, "-I", "cordon", "-n", purpose, "-s", file];
  const program = spawn("ssh-keygen", args, { stdio: ["pipe", "ignore", "ignore"] });
  program.stdin.end(signed);
  const [code] = await once(program, "close");
  return code === 0;
}

/** Makes a key with ssh-keygen and gives its file. */
async function opensshKey(...options: readonly string[]): Promise<string> {
  const file = join(await temporaryFolder(), "key");
  await run("ssh-keygen", ["-q", "-C", "made elsewhere", "-f", file, ...options]);
  return file;
}

describe("a signature of ours", () => {
  const signature = sshSign(message, namespace, key);

  it("is accepted by ssh-keygen, over this message and for this purpose only", withOpenSsh, async () => {
    assert.equal(await opensshAccepts(signature, message), true);
    assert.equal(await opensshAccepts(signature, Buffer.from("what is signed")), false);
    assert.equal(await opensshAccepts(signature, message, "file"), false);
  });

  it("is accepted by ourselves, and names its key", () => {
    assert.equal(sshVerify(message, namespace, signature).fingerprint, publicKey.fingerprint);
  });

  it("is the same each time", () => {
    assert.equal(sshSign(message, namespace, key), signature);
  });

  it("does not hold once a single byte of it is another", () => {
    for (let at = 0; at < signature.length; at += 1) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      assert.throws(() => sshVerify(message, namespace, changed.toString("utf8")), NotSsh, `byte ${at}`);
    }
  });

  it("does not hold over another message or for another purpose", () => {
    assert.throws(() => sshVerify(Buffer.from("other"), namespace, signature), /over something else/);
    assert.throws(() => sshVerify(message, "file", signature), /not made for file/);
  });
});

describe("a signature of ssh-keygen's", () => {
  it("is accepted by ourselves", withOpenSsh, async () => {
    const file = await opensshKey("-t", "ed25519", "-N", "");
    const signed = join(await temporaryFolder(), "signed");
    await writeFile(signed, message);
    await run("ssh-keygen", ["-q", "-Y", "sign", "-f", file, "-n", namespace, signed]);
    const { fingerprint } = sshVerify(message, namespace, await readFile(`${signed}.sig`, "utf8"));
    assert.equal(fingerprint, readPrivateKey(await readFile(file, "utf8")).publicKey.fingerprint);
  });
});

describe("a private key", () => {
  it("of ours is read by ssh-keygen and by ourselves", withOpenSsh, async () => {
    for (const comment of ["", "cordon", "archives of example.org"]) {
      const file = join(await temporaryFolder(), "archive-key");
      const written = writePrivateKey(key, comment);
      await writeFile(file, written, { mode: 0o600 });
      const { stdout: line } = await run("ssh-keygen", ["-y", "-f", file]);
      assert.equal(line.trim(), `${writePublicKey(publicKey)} ${comment}`.trim());
      const { stdout: listed } = await run("ssh-keygen", ["-l", "-f", file]);
      assert.equal(listed.split(" ")[1], publicKey.fingerprint);
      assert.equal(readPrivateKey(written).publicKey.fingerprint, publicKey.fingerprint);
    }
  });

  it("that cannot be used says why", withOpenSsh, async () => {
    const encrypted = await opensshKey("-t", "ed25519", "-N", "secret");
    const other = await opensshKey("-t", "ecdsa", "-N", "");
    await chmod(encrypted, 0o600);
    assert.throws(() => readPrivateKey(writePublicKey(publicKey)), /no lines BEGIN and END/);
    const read = async (file: string) => readPrivateKey(await readFile(file, "utf8"));
    await assert.rejects(read(encrypted), /encrypted with a passphrase/);
    await assert.rejects(read(other), /not an Ed25519 key/);
  });
});

describe("a file of allowed signers", () => {
  const line = writePublicKey(publicKey);
  const at = Date.UTC(2026, 10, 20);
  const finds = (text: string) =>
    findSigner(readAllowedSigners(text), publicKey, namespace, at)?.principals ?? "nobody";

  const table: readonly (readonly [text: string, finds: string])[] = [
    [`cordon ${line}`, "cordon"],
    [`cordon ${line} with a comment\n`, "cordon"],
    [`"cordon,archives" namespaces="file,${namespace}" ${line}`, "cordon,archives"],
    [`cordon namespaces="file" ${line}`, "nobody"],
    [`cordon valid-after="20261119",valid-before="20261121Z" ${line}`, "cordon"],
    [`cordon valid-before="202611192359Z" ${line}`, "nobody"],
    [`cordon valid-after="20261121" ${line}`, "nobody"],
    [`cordon valid-before="some day" ${line}`, "nobody"],
    [`cordon cert-authority ${line}`, "nobody"],
    [`# cordon ${line}\n\n`, "nobody"],
    [`cordon ${writePublicKey(makeSigningKey().publicKey)}`, "nobody"],
    [`other ssh-rsa AAAAB3NzaC1yc2E=\n\ncordon ${line}`, "cordon"],
  ];
  for (const [text, found] of table) {
    it(`finds ${found} in ${text.replace(/AAAA\S+/, "…").trim()}`, () => assert.equal(finds(text), found));
  }
});
