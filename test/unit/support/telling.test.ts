import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const secret = "swordfish-7";
const head = /^=== (.*) failed\. ===$/gm;

/** Runs the tests of `failing.ts` as `npm test` does, and gives what comes of it. */
async function run(way: string, environment: NodeJS.ProcessEnv = {}) {
  const support = resolve(import.meta.dirname, "../../support");
  const loaded = ["telling.ts", "deadline.ts"].map((name) => `--import=${resolve(support, name)}`);
  const file = resolve(import.meta.dirname, "failing.ts");
  const { NODE_TEST_CONTEXT: _, ...usual } = process.env;
  const child = spawn(process.execPath, ["--test", ...loaded, "--test-reporter=spec", file], {
    env: { ...usual, FAILING: way, SECRET: secret, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  const said = stdout + stderr;
  return { code: child.exitCode, said, told: [...said.matchAll(head)].map(([, what]) => what) };
}

/** The last line of both, and not the first; no secret, and not too much. */
function assertTold(said: string): void {
  for (const who of ["first", "second"]) {
    assert.match(said, new RegExp(`^line 1000 of the ${who}`, "m"));
    assert.match(said, new RegExp(`^line 810 of the ${who}`, "m"));
    assert.doesNotMatch(said, new RegExp(`^line 800 of the ${who}`, "m"));
  }
  assertSecret(said);
}

function assertSecret(said: string): void {
  for (const hidden of [secret, "of-alice", "syt_"]) assert.ok(!said.includes(hidden), hidden);
}

test("where every test passes, nothing is told", async () => {
  const { code, said, told } = await run("none");
  assert.equal(code, 0);
  assert.deepEqual(told, []);
  assert.doesNotMatch(said, /of the (first|second)/);
});

test("a test that fails has told what was said until then, and the next one what was said since", async () => {
  const { code, said, told } = await run("assertion");
  assert.equal(code, 1);
  assert.deepEqual(told, ['"one that may fail"', '"one that comes later"']);
  assertTold(said);
  assert.equal(said.match(/^line 1000 of the first/gm)?.length, 1);
  assert.equal(said.match(/^the first goes on$/gm)?.length, 1);
  assert.match(said, /^--- The second said nothing \(more\) ---$/m);
});

test("a part of a test, a test that takes too long, and a hook, tell it as well", async () => {
  for (const [way, what] of [
    ["subtest", '"a part of it"'],
    ["timeout", '"one that may fail"'],
    ["hook", resolve(import.meta.dirname, "failing.ts")],
  ] as const) {
    const { code, said, told } = await run(way);
    assert.equal(code, 1, way);
    assert.equal(told[0], what);
    assertTold(said);
  }
});

test("a file that takes too long tells it as well", async () => {
  const { code, said, told } = await run("deadline", { CORDON_TEST_DEADLINE_MS: "1000" });
  assert.equal(code, 1);
  assert.deepEqual(told, [resolve(import.meta.dirname, "failing.ts")]);
  assertTold(said);
});
