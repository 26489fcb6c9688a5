import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./folder.ts";

/** Why no certificate can be made here; `false` where one can. */
export function noCertificate(): string | false {
  return spawnSync("openssl", ["version"]).status === 0 ? false : "there is no openssl";
}

/** A certificate that nobody has reason to trust, for 127.0.0.1, with its key: both are made for this once. */
export async function selfSigned(): Promise<{ readonly cert: string; readonly key: string }> {
  const folder = await temporaryFolder();
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
