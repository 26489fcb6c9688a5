import { verify } from "node:crypto";
import { promisify } from "node:util";
import type { ProvenPdu } from "./pdu.ts";
import { isJson, type Json } from "./redaction.ts";
import { type ServerKey, type ServerKeys, signatureBytes } from "./serverkeys.ts";

/**
 * What is known of an event's signatures. `unsound`: one that must be there is missing or does not hold.
 * `unchecked`: there is no key that could show it, none at all or none that was valid. Both say why.
 */
export type Signatures = "hold" | { readonly unsound: string } | { readonly unchecked: string };

/**
 * With a callback the check runs on the threads of Node's own pool: on all cores, while the caller goes on
 * reading and hashing. Measured, threads of our own are not faster and cost the copying of every event.
 */
const verifyAside = promisify(verify);

/**
 * Checks the signatures that an event must have (server-server API, "Validating hashes and signatures on
 * received events"): that of its sender's server, and for a join that another server's member vouched for,
 * that of this server too.
 */
export async function checkSignatures(
  event: Pick<ProvenPdu, "pdu" | "signed">,
  known: ServerKeys | undefined,
): Promise<Signatures> {
  for (const server of signersOf(event.pdu)) {
    const state = await checkSignature(event, server, known?.server === server ? known.keys : new Map());
    if (state !== "hold") return state;
  }
  return "hold";
}

async function checkSignature(
  { pdu, signed }: Pick<ProvenPdu, "pdu" | "signed">,
  server: string,
  keys: ReadonlyMap<string, ServerKey>,
): Promise<Signatures> {
  const given = Object.entries(signaturesBy(pdu, server));
  if (given.length === 0) return { unsound: `${server} did not sign it` };
  const known = given.flatMap(([id, signature]) => {
    const key = keys.get(id);
    return key === undefined ? [] : [{ ...key, signature: signatureBytes(signature) }];
  });
  if (known.length === 0) return { unchecked: `there is no key of ${server} to check them with` };
  const valid = known.filter(({ until }) => Number(pdu.origin_server_ts) <= until);
  if (valid.length === 0) return { unchecked: `the key of ${server} was not valid any more at their time` };
  for (const { key, signature } of valid) {
    if (signature !== undefined && (await verifyAside(null, Buffer.from(signed), key, signature))) {
      return "hold";
    }
  }
  return { unsound: `the signature of ${server} does not hold` };
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
