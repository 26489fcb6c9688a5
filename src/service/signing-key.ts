import { readOperatorFile } from "../config/operator-file.ts";
import { ConfigError } from "../config/problem.ts";
import { exposedSecret, inShell } from "../config/secret-file.ts";
import { explainUnreadable } from "../config/unreadable.ts";
import { readPrivateKey, type SigningKey } from "../proof/sshkey.ts";
import { NotSsh } from "../proof/sshwire.ts";

/**
 * Reads the key that signs archives. Whoever can read it can make archives that look like ours, so it is not
 * taken where everybody can, or where others can change it.
 *
 * @throws ConfigError `archive_key_unusable`
 */
export function loadSigningKey(path: string): SigningKey {
  const text = readText(path);
  const exposed = exposedSecret(path);
  if (exposed.length > 0) throw new ConfigError("archive_key_unusable", exposed);
  try {
    return readPrivateKey(text);
  } catch (problem) {
    if (!(problem instanceof NotSsh)) throw problem;
    return refuse(path, `cannot sign archives: ${problem.message}; ${cureFor(path)}`);
  }
}

function readText(path: string): string {
  try {
    return readOperatorFile(path).toString("utf8");
  } catch (error) {
    return refuse(path, explainUnreadable(error, cureFor(path)));
  }
}

function cureFor(path: string): string {
  return `make one with ssh-keygen -q -t ed25519 -N '' -f ${inShell(path)}`;
}

function refuse(source: string, message: string): never {
  throw new ConfigError("archive_key_unusable", [{ source, message }]);
}
