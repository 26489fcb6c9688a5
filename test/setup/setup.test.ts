import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { withLock } from "../../bin/setup/lock.js";
import { cacheFolder } from "../../bin/setup/places.js";
import { runsTypeScript } from "../../bin/setup/runtime.js";
import { temporaryFolder } from "../support/folder.ts";

const { CORDON_CACHE } = process.env;
afterEach(() => {
  if (CORDON_CACHE === undefined) delete process.env.CORDON_CACHE;
  else process.env.CORDON_CACHE = CORDON_CACHE;
});

test("Node.js 24.12 and newer run the source, older ones do not", () => {
  const verdicts = ["18.20.8", "22.9.0", "24.3.0", "24.11.1", "24.12.0", "24.21.0", "25.0.0"].map(
    runsTypeScript,
  );
  assert.deepEqual(verdicts, [false, false, false, false, true, true, true]);
});

test("CORDON_CACHE moves the cache", () => {
  process.env.CORDON_CACHE = "/somewhere/else";
  assert.equal(cacheFolder(), resolve("/somewhere/else"));
});

test("a lock keeps others out until it is given back, also by a failure", async () => {
  process.env.CORDON_CACHE = await temporaryFolder();
  const order: string[] = [];
  const opened = Promise.withResolvers<void>();
  const first = withLock("kitchen", async () => {
    order.push("first in");
    await opened.promise;
    order.push("first out");
    throw new Error("burnt");
  });
  const second = withLock("kitchen", async () => order.push("second in"));
  opened.resolve();
  await assert.rejects(first, /burnt/);
  await second;
  assert.deepEqual(order, ["first in", "first out", "second in"]);
});

test("the lock of a process that died is taken over", async () => {
  const cache = await temporaryFolder();
  process.env.CORDON_CACHE = cache;
  await mkdir(join(cache, "locks"));
  const died = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(died, "exit");
  await writeFile(join(cache, "locks/kitchen"), `${died.pid} some-token`);
  assert.equal(await withLock("kitchen", async () => "cooked"), "cooked");
  assert.deepEqual(await readdir(join(cache, "locks")), []);
});

/** Runs a program the way the commands do where Node.js is too old to run it within the process. */
function throughLauncher(program: string) {
  const launch = resolve(import.meta.dirname, "../../bin/setup/launch.js");
  const script = `
    import { endAs, runInForeground } from ${JSON.stringify(launch)};
    endAs(await runInForeground(process.execPath, ["-e", ${JSON.stringify(program)}]));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child, exited: once(child, "exit") };
}

test("the exit code of the program is that of the command", async () => {
  const { exited } = throughLauncher("process.exit(3)");
  assert.deepEqual(await exited, [3, null]);
});

test("the signal the program dies of is that of the command", async () => {
  const { exited } = throughLauncher("process.kill(process.pid, 'SIGKILL')");
  assert.deepEqual(await exited, [null, "SIGKILL"]);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`${signal} is passed on, and the program ends as it likes`, async () => {
    const { child, exited } = throughLauncher(
      `process.on("${signal}", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready")`,
    );
    await once(child.stdout, "data");
    child.kill(signal);
    assert.deepEqual(await exited, [7, null]);
  });
}

test("killing the command kills the program that runs in its place", async () => {
  const setup = resolve(import.meta.dirname, "../../bin/setup");
  const leash = pathToFileURL(join(setup, "leash.js")).href;
  const program = `setInterval(() => {}, 1000); console.log("ready")`;
  const args = JSON.stringify(["--import", leash, "-e", program]);
  const script = `
    import { runInForeground } from ${JSON.stringify(join(setup, "launch.js"))};
    await runInForeground(process.execPath, ${args}, { leashed: true });`;
  const command = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(command.stdout, "data");
  // The program holds the other end of this pipe: it ends when the program does, and not before.
  const silent = once(command.stdout, "end");
  command.kill("SIGKILL");
  await silent;
});
