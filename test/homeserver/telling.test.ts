import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { temporaryFolder } from "../support/folder.ts";

/** Runs `failing.ts` as `npm test` does, to its end; what it said has no secret in it. */
async function run(way: "test" | "log") {
  const support = resolve(import.meta.dirname, "../support");
  const loaded = ["telling.ts", "deadline.ts"].map((name) => `--import=${resolve(support, name)}`);
  const secrets = join(await temporaryFolder(), "secrets.json");
  const file = resolve(import.meta.dirname, "failing.ts");
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const child = spawn(process.execPath, ["--test", ...loaded, "--test-reporter=spec", file], {
    env: { ...environment, SECRETS: secrets, FAILING: way },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  const said = stdout + stderr;
  for (const secret of JSON.parse(await readFile(secrets, "utf8"))) assert.ok(!said.includes(secret));
  return { code: child.exitCode, said };
}

test("a test that fails tells what the homeserver and the service said, and how that ended", async () => {
  const { code, said } = await run("test");
  assert.equal(code, 1, said);
  assert.match(said, /^=== "it waits in vain" failed\. ===$/m);
  assert.match(said, /^--- Synapse's homeserver\.log, the last it said ---$/m);
  assert.match(said, /STARTING SERVER/);
  assert.match(said, /"msg":"Cordon is listening"/);
  assert.match(said, /^secret 2: …$/m);
  assert.match(said, /^it ended with SIGKILL at /m);
});

test("an indiscreet log fails its file, which ends all the same", async () => {
  const { code, said } = await run("log");
  assert.equal(code, 1, said);
  assert.match(said, /a token is in the log/);
  assert.match(said, /^secret 2: …$/m);
});
