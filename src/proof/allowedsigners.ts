import { readPublicKey, type SshPublicKey } from "./sshkey.ts";
import { NotSsh } from "./sshwire.ts";

/** A key that somebody trusts, as a line of a file that ssh-keygen(1) calls allowed signers. */
export interface AllowedSigner {
  /** Whom it stands for: `cordon`, or several with commas. */
  readonly principals: string;
  readonly publicKey: SshPublicKey;
  /** What it may sign for; anything where absent. */
  readonly namespaces?: readonly string[];
  /** From when and until when it counts, in milliseconds since the epoch. */
  readonly after?: number;
  readonly before?: number;
}

const lineForm =
  /^(?:"([^"]+)"|(\S+))\s+(?:((?:[^\s"]|"[^"]*")+)\s+)?ssh-ed25519\s+([A-Za-z0-9+/=]+)(?:\s.*)?$/;

/**
 * Reads a file of allowed signers: its Ed25519 keys. Comments, keys of other kinds and keys of certificate
 * authorities are passed over.
 */
export function readAllowedSigners(text: string): readonly AllowedSigner[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, quoted, plain, options = "", base64 = ""] = lineForm.exec(line.trim()) ?? [];
    const principals = quoted ?? plain;
    const publicKey = keyIn(base64);
    if (principals === undefined || publicKey === undefined || principals.startsWith("#")) return [];
    if (/(?:^|,)cert-authority(?:,|$)/i.test(options)) return [];
    const namespaces = option(options, "namespaces")?.split(",");
    const after = option(options, "valid-after");
    const before = option(options, "valid-before");
    return [
      {
        principals,
        publicKey,
        ...(namespaces === undefined ? {} : { namespaces }),
        ...(after === undefined ? {} : { after: moment(after) }),
        ...(before === undefined ? {} : { before: moment(before) }),
      },
    ];
  });
}

/** Who is trusted to have made a signature with that key, for that purpose, at that time. */
export function findSigner(
  signers: readonly AllowedSigner[],
  { fingerprint }: SshPublicKey,
  namespace: string,
  at: number,
): AllowedSigner | undefined {
  return signers.find(
    ({ publicKey, namespaces, after = -Infinity, before = Infinity }) =>
      publicKey.fingerprint === fingerprint &&
      (namespaces?.includes(namespace) ?? true) &&
      after <= at &&
      at < before,
  );
}

function option(options: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`, "i").exec(options)?.[1];
}

function keyIn(base64: string): SshPublicKey | undefined {
  try {
    return readPublicKey(Buffer.from(base64, "base64"));
  } catch (problem) {
    if (problem instanceof NotSsh) return undefined;
    throw problem;
  }
}

/** `YYYYMMDD[HHMM[SS]][Z]`, without the Z in the time zone of this machine. What is no time never comes. */
function moment(written: string): number {
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = ""] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(written) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}
