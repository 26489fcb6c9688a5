import assert from "node:assert/strict";
import fc from "fast-check";
import { findSigner, readAllowedSigners } from "../../../src/proof/allowedsigners.ts";
import {
  makeSigningKey,
  readPrivateKey,
  writePrivateKey,
  writePublicKey,
} from "../../../src/proof/sshkey.ts";
import { sshSign, sshVerify } from "../../../src/proof/sshsig.ts";
import { armor, NotSsh } from "../../../src/proof/sshwire.ts";
import { fuzzed } from "../fuzz.ts";
import { anyBytes, anyText, type Edit, edited, edits } from "../pieces.ts";

const namespace = "cordon-archive";
const message = Buffer.from("what was signed");
const key = makeSigningKey();
const signature = sshSign(message, namespace, key);
const privateKey = writePrivateKey(key, "fuzz");
const line = `cordon,*@bank.example namespaces="${namespace}",valid-after="20260101" ${writePublicKey(key.publicKey)} a comment`;

const signerParts = fc.oneof(
  anyText,
  fc.constantFrom(
    '"',
    "namespaces=",
    "cert-authority",
    "valid-after=20261399",
    'valid-before="2026"',
    "ssh-rsa",
    "\n",
    "\r",
    "#",
    " ",
  ),
);
const come = fc.oneof(
  anyText,
  anyBytes,
  fc.constantFrom("\n", "=", "A", "\r\n", "-----END SSH SIGNATURE-----\n"),
);

/** Signatures, keys and lists of trusted keys, each as OpenSSH writes it but for some edits. */
export const signatures = fuzzed({
  name: "signatures",
  share: 60,
  inputs: fc.record({
    armoured: edits(come),
    inner: edits(anyBytes),
    key: edits(come),
    signers: edits(signerParts),
  }),
  begin: async () => (input) => {
    const changed = edited(signature, input.armoured);
    if (holds(changed)) assert.equal(changed, signature, "no other text is the same signature");
    const rearmed = armor("SSH SIGNATURE", edit(bytesOf(signature), input.inner));
    if (holds(rearmed)) assert.equal(rearmed, signature, "no other bytes are the same signature");
    orNotSsh(() => readPrivateKey(edited(privateKey, input.key)));
    orNotSsh(() => readPrivateKey(armor("OPENSSH PRIVATE KEY", edit(bytesOf(privateKey), input.inner))));
    const signers = readAllowedSigners(edited(line, input.signers));
    findSigner(signers, key.publicKey, namespace, Date.UTC(2026, 10, 20));
  },
});

function holds(armored: string): boolean {
  return orNotSsh(() => sshVerify(message, namespace, armored)) !== undefined;
}

/** What it gives; nothing where it says that this is not what OpenSSH writes. */
function orNotSsh<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NotSsh) return undefined;
    throw error;
  }
}

function bytesOf(armored: string): string {
  return Buffer.from(armored.replaceAll(/-----.*-----/g, ""), "base64").toString("latin1");
}

function edit(bytes: string, made: readonly Edit[]): Buffer {
  return Buffer.from(edited(bytes, made), "latin1");
}
