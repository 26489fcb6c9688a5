import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { canonicalJson } from "../../src/proof/canonical.ts";
import type { Json } from "../../src/proof/redaction.ts";

/** The signing key of the specification (appendices, "Cryptographic Test Vectors"), its seed in base64. */
const seed = "YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1";
const keyId = "ed25519:1";

/** The beginning of every Ed25519 private key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const privateKey = createPrivateKey({
  key: Buffer.concat([pkcs8, Buffer.from(seed, "base64")]),
  format: "der",
  type: "pkcs8",
});

/** The signature of a text, in unpadded base64. */
export function signatureOf(text: string): string {
  return sign(null, Buffer.from(text), privateKey).toString("base64").replace(/=+$/, "");
}

/** The member `signatures` of something that a server signed with the key of the specification. */
export function signedBy(server: string, text: string): Json {
  return { [server]: { [keyId]: signatureOf(text) } };
}

/** A server's answer about its keys: the one of the specification, valid until a day far away unless said. */
export function keyAnswer(server: string, until: number = Date.UTC(2100, 0)): Json {
  const key = createPublicKey(privateKey).export({ format: "jwk" }).x ?? "";
  const answer = {
    server_name: server,
    valid_until_ts: until,
    verify_keys: { [keyId]: { key: Buffer.from(key, "base64url").toString("base64").replace(/=+$/, "") } },
    old_verify_keys: {},
  };
  return { ...answer, signatures: signedBy(server, canonicalJson(answer)) };
}
