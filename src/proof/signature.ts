import { type KeyObject, verify } from "node:crypto";
import type { ProvenPdu } from "./pdu.ts";
import { isJson, type Json } from "./redaction.ts";
import { type ServerKey, type ServerKeys, signatureBytes } from "./serverkeys.ts";

/**
 * What is known of an event's signatures. `unsound`: one that must be there is missing or does not hold.
 * `unchecked`: there is no key that could show it, none at all or none that was valid. Both say why.
 */
export type Signatures = "hold" | { readonly unsound: string } | { readonly unchecked: string };

/** Signatures of a server's, of which one has to hold. */
interface SignatureSum {
  readonly server: string;
  readonly text: Buffer;
  readonly given: readonly { readonly key: KeyObject; readonly signature: Buffer }[];
}

/** What is to be computed, and what is known where all of it holds. */
export interface LookedAt {
  readonly sums: readonly SignatureSum[];
  readonly otherwise: Signatures;
}

/** Checks the signatures that an event must have, as `lookAtSignatures` says. */
export function checkSignatures(
  event: Pick<ProvenPdu, "pdu" | "signed">,
  known: ServerKeys | undefined,
): Signatures {
  return settleSignatures(lookAtSignatures(event, known));
}

/**
 * Looks at the signatures that an event must have (server-server API, "Validating hashes and signatures on
 * received events"): that of its sender's server, and for a join that another server's member vouched for,
 * that of this server too. The first that is missing, does not hold or cannot be checked is told.
 * The arithmetic is left to `settleSignatures`: it is faster for many events in a row than in between.
 */
export function lookAtSignatures(
  { pdu, signed }: Pick<ProvenPdu, "pdu" | "signed">,
  known: ServerKeys | undefined,
): LookedAt {
  const text = Buffer.from(signed);
  const sums: SignatureSum[] = [];
  for (const server of signersOf(pdu)) {
    const keys = known?.server === server ? known.keys : new Map<string, ServerKey>();
    const given = usable(pdu, server, keys);
    if ("unsound" in given || "unchecked" in given) return { sums, otherwise: given };
    sums.push({ server, text, given: given.flatMap(([id, written]) => pairOf(keys.get(id), written)) });
  }
  return { sums, otherwise: "hold" };
}

function pairOf(key: ServerKey | undefined, written: unknown): SignatureSum["given"] {
  const signature = signatureBytes(written);
  return key === undefined || signature === undefined ? [] : [{ key: key.key, signature }];
}

/** Does the arithmetic. */
export function settleSignatures({ sums, otherwise }: LookedAt): Signatures {
  const wrong = sums.find(
    ({ text, given }) => !given.some(({ key, signature }) => verify(null, text, key, signature)),
  );
  return wrong === undefined ? otherwise : { unsound: `the signature of ${wrong.server} does not hold` };
}

/** The signatures of a server that a key is there for, or why there is none. */
function usable(
  pdu: Json,
  server: string,
  keys: ReadonlyMap<string, ServerKey>,
): readonly (readonly [keyId: string, signature: unknown])[] | Exclude<Signatures, "hold"> {
  const given = Object.entries(signaturesBy(pdu, server));
  if (given.length === 0) return { unsound: `${server} did not sign it` };
  const known = given.filter(([id]) => keys.has(id));
  if (known.length === 0) return { unchecked: `there is no key of ${server} to check them with` };
  const at = Number(pdu.origin_server_ts);
  const valid = known.filter(([id]) => at <= (keys.get(id)?.until ?? Number.NEGATIVE_INFINITY));
  if (valid.length > 0) return valid;
  return { unchecked: `the key of ${server} was not valid any more at their time` };
}

function signersOf({ sender, type, content }: Json): ReadonlySet<string> {
  const voucher =
    type === "m.room.member" && isJson(content) && content.membership === "join"
      ? content.join_authorised_via_users_server
      : undefined;
  return new Set([sender, voucher].filter((user) => typeof user === "string").map(serverOf));
}

/** What stands after the first colon of a user id; a port may follow after another. */
function serverOf(user: string): string {
  return user.slice(user.indexOf(":") + 1);
}

function signaturesBy({ signatures }: Json, server: string): Json {
  const own = isJson(signatures) && Object.hasOwn(signatures, server) ? signatures[server] : undefined;
  return isJson(own) ? own : {};
}
