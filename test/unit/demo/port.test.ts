import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { freePort } from "../../../src/demo/port.ts";

const source = import.meta.resolve("../../../src/demo/port.ts");
/** More than there are in one block. */
const each = 40;

test("no port is given out twice, by whichever process", async () => {
  const program = `
    const { freePort } = await import(${JSON.stringify(source)});
    console.log(JSON.stringify(await Promise.all(Array.from({ length: ${each} }, () => freePort()))));
    // The ports are its own until it ends.
    process.stdin.resume();`;
  const others = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const said = new Promise<string>((resolve) => {
      child.stdout.setEncoding("utf8").once("data", resolve);
    });
    return { child, said };
  });
  const own = await Promise.all(Array.from({ length: each }, () => freePort()));
  const theirs = await Promise.all(others.map(async ({ said }) => JSON.parse(await said)));
  for (const { child } of others) {
    child.stdin.end();
    await once(child, "exit");
  }
  const all = [...own, ...theirs.flat()];
  assert.equal(all.length, 5 * each);
  assert.equal(new Set(all).size, all.length);
});

test("a port that is given out is none that the system gives to whoever takes any", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  server.close();
  assert.ok(typeof address === "object" && address !== null);
  assert.ok((await freePort()) < address.port);
});

test("a process that was given a port ends by itself", async () => {
  const program = `const { freePort } = await import(${JSON.stringify(source)}); console.log(await freePort());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  assert.match(said, /^\d+\n$/);
  assert.equal(code, 0);
});
