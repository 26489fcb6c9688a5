import { verify } from "node:crypto";
import type { ProvenPdu } from "./pdu.ts";
import { isJson, type Json } from "./redaction.ts";
import { type ServerKey, type ServerKeys, signatureBytes } from "./serverkeys.ts";

/**
 * What is known of an event's signatures. `unsound`: one that must be there is missing or does not hold.
 * `unchecked`: there is no key that could show it, none at all or none that was valid. Both say why.
 */
export type Signatures = "hold" | { readonly unsound: string } | { readonly unchecked: string };

/** All that is left to compute for an event's signatures. It is small, so that another thread can do it. */
export interface SignatureSum {
  readonly text: string;
  /** Signatures of the text, each with the id of its key. One that holds is enough. */
  readonly given: readonly (readonly [keyId: string, signature: unknown])[];
  readonly ifOneHolds: Signatures;
  readonly ifNoneHolds: Signatures;
}

/**
 * Looks for the signatures that an event must have (server-server API, "Validating hashes and signatures on
 * received events"): that of its sender's server, and for a join that another server's member vouched for,
 * that of this server too. Where it takes arithmetic to know whether they hold, gives back what to compute.
 */
export function lookAtSignatures(
  { pdu, signed }: Pick<ProvenPdu, "pdu" | "signed">,
  known: ServerKeys | undefined,
): Signatures | SignatureSum {
  // Keys are known of one server at most, so there is at most one to compute for.
  let sum: SignatureSum | undefined;
  for (const server of signersOf(pdu)) {
    const given = usable(pdu, server, known?.server === server ? known.keys : new Map());
    if ("unsound" in given || "unchecked" in given)
      return sum === undefined ? given : { ...sum, ifOneHolds: given };
    sum = {
      text: signed,
      given,
      ifOneHolds: "hold",
      ifNoneHolds: { unsound: `the signature of ${server} does not hold` },
    };
  }
  return sum ?? "hold";
}

/** What is known of signatures once what was left to compute, if anything was, is computed. */
export function settled(found: Signatures | SignatureSum, keys: ServerKeys["keys"]): Signatures {
  if (typeof found === "string" || !("text" in found)) return found;
  const text = Buffer.from(found.text);
  const holds = found.given.some(([id, written]) => {
    const key = keys.get(id)?.key;
    const signature = signatureBytes(written);
    return key !== undefined && signature !== undefined && verify(null, text, key, signature);
  });
  return holds ? found.ifOneHolds : found.ifNoneHolds;
}

/** Checks the signatures of one event, at once. */
export function checkSignatures(
  event: Pick<ProvenPdu, "pdu" | "signed">,
  known: ServerKeys | undefined,
): Signatures {
  return settled(lookAtSignatures(event, known), known?.keys ?? new Map());
}

/** The signatures of a server that a key is there for, or why there is none. */
function usable(
  pdu: Json,
  server: string,
  keys: ReadonlyMap<string, ServerKey>,
): SignatureSum["given"] | Exclude<Signatures, "hold"> {
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
