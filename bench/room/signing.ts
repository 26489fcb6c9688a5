import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { canonicalJson } from "../../src/proof/canonical.ts";
import { contentHash, idOf, signedText } from "../../src/proof/hash.ts";
import type { Json } from "../../src/proof/redaction.ts";
import { type RoomRules, roomRules } from "../../src/proof/roomversion.ts";

/** An event as a homeserver keeps it: hashed, signed, and under the id that its hash gives it. */
export interface Signed {
  readonly id: `$${string}`;
  readonly pdu: Json;
}

const keyId = "ed25519:bench";

/** A homeserver, as far as it hashes and signs events and publishes its key. */
export class SigningServer {
  readonly name: string;
  readonly rules: RoomRules;
  readonly #key = generateKeyPairSync("ed25519").privateKey;

  constructor(name: string, roomVersion: string) {
    this.name = name;
    this.rules = roomRules(roomVersion);
  }

  sign(event: Json): Signed {
    const pdu = { ...event, hashes: { sha256: contentHash(event) } };
    const signed = signedText(pdu, this.rules);
    return { id: idOf(signed), pdu: { ...pdu, signatures: this.#signatures(signed) } };
  }

  /** The answer of `/_matrix/key/v2/server`. */
  keys(): Json {
    const { x = "" } = createPublicKey(this.#key).export({ format: "jwk" });
    const answer = {
      server_name: this.name,
      valid_until_ts: Date.UTC(2100, 0),
      verify_keys: { [keyId]: { key: unpadded(Buffer.from(x, "base64url")) } },
      old_verify_keys: {},
    };
    return { ...answer, signatures: this.#signatures(canonicalJson(answer)) };
  }

  #signatures(text: string): Json {
    return { [this.name]: { [keyId]: unpadded(sign(null, Buffer.from(text), this.#key)) } };
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
