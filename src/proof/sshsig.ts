import { createHash, sign, verify } from "node:crypto";
import { keyType, readPublicKey, type SigningKey, type SshPublicKey } from "./sshkey.ts";
import { armor, NotSsh, SshReader, sshNumber, sshString, unarmor } from "./sshwire.ts";

/** Signatures as `ssh-keygen -Y sign` makes them (OpenSSH, PROTOCOL.sshsig), by Ed25519 keys. */

const label = "SSH SIGNATURE";
const magic = "SSHSIG";
const version = 1;
const hash = "sha512";

/** A signature over a message, for one purpose, its `namespace`. The same key and message give the same text. */
export function sshSign(message: Buffer, namespace: string, { publicKey, privateKey }: SigningKey): string {
  const signature = sign(null, toBeSigned(message, namespace, hash), privateKey);
  return armor(
    label,
    Buffer.concat([
      Buffer.from(magic),
      sshNumber(version),
      sshString(publicKey.blob),
      sshString(namespace),
      sshString(""),
      sshString(hash),
      sshString(Buffer.concat([sshString(keyType), sshString(signature)])),
    ]),
  );
}

/**
 * Checks a signature over a message for one purpose, and gives the key that made it. That the key is one to
 * be trusted is for the caller to find out.
 * @throws NotSsh where it is no signature, is for another purpose, or does not hold.
 */
export function sshVerify(message: Buffer, namespace: string, armored: string): SshPublicKey {
  const bytes = unarmor(label, armored);
  // Nothing else covers the signature's own file, so not a byte of it is left to choose.
  if (armor(label, bytes) !== armored) throw new NotSsh("it is written in another way than by OpenSSH");
  const reader = new SshReader(bytes);
  if (reader.take(magic.length).toString("latin1") !== magic)
    throw new NotSsh("it is no signature of OpenSSH");
  if (reader.number() !== version) throw new NotSsh("it is of an unknown version");
  const publicKey = readPublicKey(reader.string());
  if (reader.text() !== namespace) throw new NotSsh(`it was not made for ${namespace}`);
  if (reader.text() !== "") throw new NotSsh("it holds something that nobody knows");
  const algorithm = reader.text();
  if (algorithm !== "sha512" && algorithm !== "sha256") throw new NotSsh("it uses an unknown hash");
  const inner = new SshReader(reader.string());
  reader.end();
  inner.expect(keyType);
  const signature = inner.string();
  inner.end();
  if (!verify(null, toBeSigned(message, namespace, algorithm), publicKey.key, signature)) {
    throw new NotSsh("it is over something else than this");
  }
  return publicKey;
}

function toBeSigned(message: Buffer, namespace: string, algorithm: "sha512" | "sha256"): Buffer {
  return Buffer.concat([
    Buffer.from(magic),
    sshString(namespace),
    sshString(""),
    sshString(algorithm),
    sshString(createHash(algorithm).update(message).digest()),
  ]);
}
