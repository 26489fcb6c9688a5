/**
 * Tests that fail, each in its way, and one that does not, while two programs speak: what is told then is looked at
 * by who runs this. Both of them let out a secret.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "../../support/folder.ts";
import { keepSecret, overhearFile, overhearLines } from "../../support/overheard.ts";

const { FAILING: way = "", SECRET: secret = "" } = process.env;
const lines: string[] = [];
// Hooks run in this order: what is in the folder is read before it is removed.
const readers: (() => void)[] = [];
after(() => {
  for (const read of readers) read();
});
const file = join(await temporaryFolder(), "its.log");
keepSecret(secret);
overhearLines("The first", lines);
readers.push(overhearFile("The second", file));
for (let i = 1; i <= 1_000; i += 1) {
  lines.push(`line ${i} of the first, with ${secret}`);
  appendFileSync(
    file,
    `line ${i} of the second: {"access_token":"of-alice"} syt_YWxpY2U_abc_123 ${secret}\n`,
  );
}

test("one that passes", () => {});

test("one that may fail", { timeout: 5_000 }, async (t) => {
  if (way === "assertion") throw new Error("on purpose");
  if (way === "hook") {
    after(() => {
      throw new Error("on purpose");
    });
  }
  if (way === "subtest") {
    await t.test("a part of it", () => {
      throw new Error("on purpose");
    });
  }
  if (way === "timeout" || way === "deadline") await delay(60_000, undefined, { signal: t.signal });
});

test("one that comes later", () => {
  lines.push("the first goes on");
  if (way === "assertion") throw new Error("on purpose, too");
});
