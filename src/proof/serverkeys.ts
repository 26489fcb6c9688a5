import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { canonicalJson, NotCanonical } from "./canonical.ts";
import { isJson, type Json } from "./redaction.ts";

/** A public key of a homeserver, and the last moment it may have signed, in milliseconds since the epoch. */
export interface ServerKey {
  readonly key: KeyObject;
  readonly until: number;
}

/** The keys of a homeserver by their ids: `ed25519:a_WdpU`. */
export interface ServerKeys {
  readonly server: string;
  readonly keys: ReadonlyMap<string, ServerKey>;
}

/**
 * The keys in an answer of `/_matrix/key/v2/server` (server-server API, "Retrieving server keys"): those in
 * use, and those that were. `undefined` where it is no such answer, or where one of the keys in use did not
 * sign it.
 */
export function readServerKeys(answer: unknown): ServerKeys | undefined {
  if (!isJson(answer) || typeof answer.server_name !== "string") return undefined;
  const inUse = keysIn(answer.verify_keys, () => answer.valid_until_ts);
  const before = keysIn(answer.old_verify_keys, (entry) => entry.expired_ts);
  if (inUse.size === 0 || !isSignedByAll(answer, answer.server_name, inUse)) return undefined;
  return { server: answer.server_name, keys: new Map([...before, ...inUse]) };
}

/** The bytes of a signature in unpadded base64; `undefined` where it cannot be one of Ed25519. */
export function signatureBytes(written: unknown): Buffer | undefined {
  const bytes = Buffer.from(typeof written === "string" ? written : "", "base64");
  return bytes.length === 64 ? bytes : undefined;
}

/** Signing JSON (appendices): everything but `signatures` and `unsigned` is signed. */
function isSignedByAll(answer: Json, server: string, keys: ReadonlyMap<string, ServerKey>): boolean {
  const { signatures, unsigned: _, ...signed } = answer;
  const own = isJson(signatures) ? signatures[server] : undefined;
  const text = canonical(signed);
  if (!isJson(own) || text === undefined) return false;
  return [...keys].every(([id, { key }]) => {
    const signature = signatureBytes(own[id]);
    return signature !== undefined && verify(null, Buffer.from(text), key, signature);
  });
}

function keysIn(listed: unknown, until: (entry: Json) => unknown): ReadonlyMap<string, ServerKey> {
  const keys = new Map<string, ServerKey>();
  for (const [id, entry] of Object.entries(isJson(listed) ? listed : {})) {
    const key = id.startsWith("ed25519:") && isJson(entry) ? publicKey(entry.key) : undefined;
    const last = isJson(entry) ? until(entry) : undefined;
    if (key !== undefined && typeof last === "number") keys.set(id, { key, until: last });
  }
  return keys;
}

function publicKey(written: unknown): KeyObject | undefined {
  const bytes = Buffer.from(typeof written === "string" ? written : "", "base64");
  if (bytes.length !== 32) return undefined;
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") },
    format: "jwk",
  });
}

function canonical(value: Json): string | undefined {
  try {
    return canonicalJson(value);
  } catch (problem) {
    if (problem instanceof NotCanonical) return undefined;
    throw problem;
  }
}
