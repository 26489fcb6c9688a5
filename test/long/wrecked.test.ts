import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { make } from "../archive/made.ts";
import { rooms } from "../archive/wreck-rooms.ts";
import { copyOfCheckout, wreckages } from "../support/checkout-copy.ts";
import { temporaryFolder } from "../support/folder.ts";

const digests: string[] = [];
for (const source of await rooms(await temporaryFolder())) digests.push((await make(source)).digest);

for (const wreckage of Object.keys(wreckages)) {
  test(`a kept program makes and verifies the same archives after ${wreckage}`, async () => {
    const copy = await copyOfCheckout();
    const script = join(copy, "test/long/wrecked.ts");
    const args = [script, wreckage, await temporaryFolder()];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: copy });
    const made = stdout.split("\n").filter(Boolean);
    assert.deepEqual([...new Set(made)], digests);
    assert.equal(made.length, 2 * digests.length);
  });
}
