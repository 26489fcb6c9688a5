import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text as wholeText } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { signatureFile, signatureNamespace, tagManifestFile } from "../../src/archive/bag/bag.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { isObject, object, text } from "../../src/matrix/event.ts";
import { writePublicKey } from "../../src/proof/sshkey.ts";
import { sshVerify } from "../../src/proof/sshsig.ts";
import { stockTools } from "../archive/stocktools.ts";
import { temporaryFolder } from "../support/folder.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

// The people in it mostly wait for each other.
describe("cordon demo", { concurrency: 2 }, () => {
  for (const version of ["10", "11", "12"]) {
    test(`plays the whole story in a room of version ${version}`, async () => {
      const [out, scratch] = [await temporaryFolder(), await temporaryFolder()];
      const child = start(["--json", "--room-version", version, "--out", out], scratch);
      const [stdout, stderr] = await Promise.all([
        wholeText(child.stdout),
        wholeText(child.stderr),
        once(child, "close"),
      ]);
      assert.equal(child.exitCode, 0, stderr);
      const result: unknown = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
      assert.ok(isObject(result));
      assert.deepEqual(Object.keys(result), [
        "ok",
        "incident",
        "archive",
        "report",
        "events",
        "verify",
        "ms",
      ]);
      assert.equal(result.ok, true);
      assert.equal(result.incident, "INC-0001");
      assert.equal(typeof object(result, "ms")?.total, "number");
      const verdict = await verifyArchive(text(result, "archive") ?? "");
      assert.equal(verdict.ok, true);
      assert.equal(verdict.events, result.events);
      assert.equal(verdict.digest, text(object(result, "verify"), "digest"));
      await pleasesStockTools(text(result, "archive") ?? "");
      assert.match(await readFile(text(result, "report") ?? "", "utf8"), /Payments fail at checkout/);
      assert.deepEqual(await readdir(scratch), []);
    });
  }

  test("ended by a signal it stops and removes everything, the homeserver included", async () => {
    const scratch = await temporaryFolder();
    const child = start(["--out", await temporaryFolder()], scratch);
    child.stderr.resume();
    const closed = once(child, "close");
    let told = "";
    for await (const words of child.stdout.setEncoding("utf8")) {
      told += words;
      if (told.includes("Alice opens an incident")) child.kill("SIGTERM");
    }
    await closed;
    assert.equal(child.exitCode, 143);
    assert.deepEqual(await readdir(scratch), []);
  });
});

/** Who trusts nobody uses tools that are not ours. The key is the one that signed; which it is, others test. */
async function pleasesStockTools(folder: string): Promise<void> {
  const [signed, signature] = await Promise.all(
    [tagManifestFile, signatureFile].map((file) => readFile(join(folder, file))),
  );
  assert.ok(signed !== undefined && signature !== undefined);
  const key = sshVerify(signed, signatureNamespace, signature.toString());
  const archive = { folder, zip: `${folder}.zip`, publicKey: writePublicKey(key) };
  for (const { name, isHere, complaint } of stockTools) {
    if (isHere) assert.equal(await complaint(archive), undefined, name);
  }
}

/** Runs it with a folder of its own for what is temporary, and without a terminal. */
function start(args: readonly string[], scratch: string) {
  return spawn(process.execPath, [main, "demo", ...args], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
