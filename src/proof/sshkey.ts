import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { armor, NotSsh, SshReader, sshNumber, sshString, unarmor } from "./sshwire.ts";

/** The only kind of key that is used here. */
export const keyType = "ssh-ed25519";

const label = "OPENSSH PRIVATE KEY";
const magic = "openssh-key-v1\0";
/** What the length of the private part is a multiple of where nothing is encrypted. */
const blockBytes = 8;

/** An Ed25519 key as OpenSSH names it. */
export interface SshPublicKey {
  /** The key in OpenSSH's encoding: kind and key. */
  readonly blob: Buffer;
  /** As OpenSSH shows it: `SHA256:` and the hash of the blob in base64. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** A key to sign with. */
export interface SigningKey {
  readonly publicKey: SshPublicKey;
  readonly privateKey: KeyObject;
}

export function makeSigningKey(): SigningKey {
  return signingKey(generateKeyPairSync("ed25519").privateKey);
}

/** A key that can sign, with the public one that belongs to it. */
function signingKey(privateKey: KeyObject): SigningKey {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return { publicKey: fromRaw(Buffer.from(x, "base64url")), privateKey };
}

/** The public key in one line, as `.pub` files and allowed_signers have it. */
export function writePublicKey({ blob }: SshPublicKey): string {
  return `${keyType} ${blob.toString("base64")}`;
}

/** Reads a public key in OpenSSH's encoding. Throws NotSsh. */
export function readPublicKey(blob: Buffer): SshPublicKey {
  const reader = new SshReader(blob);
  reader.expect(keyType);
  const raw = reader.string();
  reader.end();
  return fromRaw(raw);
}

/** A private key as `ssh-keygen` writes it without a passphrase (OpenSSH, PROTOCOL.key). */
export function writePrivateKey({ publicKey, privateKey }: SigningKey, comment: string): string {
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const [seed, raw] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    sshString(keyType),
    sshString(raw),
    sshString(Buffer.concat([seed, raw])),
    sshString(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: -secret.length & (blockBytes - 1) }, (_, at) => at + 1));
  const bytes = Buffer.concat([
    Buffer.from(magic),
    sshString("none"),
    sshString("none"),
    sshString(""),
    sshNumber(1),
    sshString(publicKey.blob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  return armor(label, bytes);
}

/** Reads a private key as `ssh-keygen -t ed25519` writes it. Throws NotSsh, whose words tell what it is instead. */
export function readPrivateKey(text: string): SigningKey {
  const reader = new SshReader(unarmor(label, text));
  if (reader.take(magic.length).toString("latin1") !== magic) throw new NotSsh("it is no key of OpenSSH");
  if (reader.text() !== "none") throw new NotSsh("it is encrypted with a passphrase");
  reader.string();
  reader.string();
  if (reader.number() !== 1) throw new NotSsh("it holds more than one key");
  reader.string();
  const secret = new SshReader(reader.string());
  secret.number();
  secret.number();
  if (secret.text() !== keyType) throw new NotSsh("it is not an Ed25519 key");
  const raw = secret.string();
  const seed = secret.string().subarray(0, 32);
  const key = signingKey(privateFrom(seed, raw));
  if (!key.publicKey.blob.equals(fromRaw(raw).blob))
    throw new NotSsh("its two halves do not belong together");
  return key;
}

function fromRaw(raw: Buffer): SshPublicKey {
  if (raw.length !== 32) throw new NotSsh("it has not the length of an Ed25519 key");
  const blob = Buffer.concat([sshString(keyType), sshString(raw)]);
  const hash = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return { blob, fingerprint: `SHA256:${hash}`, key: createPublicKey({ key: jwk, format: "jwk" }) };
}

function privateFrom(seed: Buffer, raw: Buffer): KeyObject {
  const jwk = { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: raw.toString("base64url") };
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    throw new NotSsh("it holds no Ed25519 key");
  }
}
