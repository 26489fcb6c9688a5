import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type VerifyCommandOptions, verify } from "../../src/cli/verify.ts";
import { type SigningKey, writePublicKey } from "../../src/proof/sshkey.ts";
import { temporaryFolder } from "../support/folder.ts";

/** Runs `cordon verify` and gives what it wrote and its exit code. */
export async function run(
  path: string,
  options: VerifyCommandOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await verify(path, options, { stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

/** A file of allowed signers with these keys. */
export async function trusted(...keys: readonly SigningKey[]): Promise<string> {
  const file = join(await temporaryFolder(), "allowed_signers");
  const lines = keys.map((key) => `cordon namespaces="cordon-archive@v1" ${writePublicKey(key.publicKey)}\n`);
  await writeFile(file, lines.join(""));
  return file;
}
