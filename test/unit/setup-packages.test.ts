import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { goodNpm, newCheckout, wantedPackages } from "../support/checkout.ts";

test("packages are installed once, and the command goes on with its arguments", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);

  const first = await checkout.cordon(["status", "INC-0042"]);
  assert.deepEqual(first, {
    code: 0,
    stdout: "status INC-0042\n",
    stderr: ["cordon: installing the packages (npm ci) …"],
  });

  const second = await checkout.cordon(["list"]);
  assert.deepEqual(second, { code: 0, stdout: "list\n", stderr: [] });
  assert.equal(await checkout.lines("runs"), 1);
});

test("a changed lockfile has the packages installed again", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  await checkout.cordon([]);
  await writeFile(
    join(checkout.folder, "package-lock.json"),
    JSON.stringify({ packages: wantedPackages("1.0.1") }),
  );
  await checkout.cordon([]);
  assert.equal(await checkout.lines("runs"), 2);
});

test("packages that someone installed by hand are taken as they are", async () => {
  const checkout = await newCheckout();
  const installed = { packages: { "node_modules/teapot": { version: "1.0.0" } } };
  await mkdir(join(checkout.folder, "node_modules"));
  await writeFile(join(checkout.folder, "node_modules/.package-lock.json"), JSON.stringify(installed));
  assert.deepEqual(await checkout.cordon(["list"]), { code: 0, stdout: "list\n", stderr: [] });
});

test("two commands started at once install the packages once", async () => {
  const checkout = await newCheckout();
  await checkout.program(
    "npm",
    `echo >> "$CHECKOUT/started"; while [ ! -e "$CHECKOUT/go" ]; do sleep 0.02; done; ${goodNpm}`,
  );
  const both = [checkout.start(["one"]), checkout.start(["two"])];
  await Promise.all(both.map(({ says }) => says("installing the packages")));
  await writeFile(join(checkout.folder, "go"), "");
  const [one, two] = await Promise.all(both.map(({ ended }) => ended));
  assert.equal(one?.stdout, "one\n");
  assert.equal(two?.stdout, "two\n");
  assert.equal(await checkout.lines("runs"), 1);
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
    what: "npm fails in an unknown way",
    npm: "echo 'npm error code ESPRESSO' >&2; exit 1",
    line: /^cordon: The packages could not be installed\. npm's log says why: \S+npm-ci\.log\. \(packages-failed\)$/,
  },
  {
    what: "npm installs nothing",
    npm: "exit 0",
    line: /^cordon: npm ended well but did not install everything\. .*\(packages-failed\)$/,
  },
];

for (const { what, npm, line } of failures) {
  test(`one line and the cure when ${what}`, async () => {
    const checkout = await newCheckout();
    await checkout.program("npm", npm);
    const { code, stdout, stderr } = await checkout.cordon(["list"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.length, 2, stderr.join("\n"));
    assert.match(stderr[1] ?? "", line);
  });
}

test("one line and the cure when there is no npm", async () => {
  const { code, stderr } = await (await newCheckout()).cordon(["list"]);
  assert.equal(code, 1);
  assert.equal(
    stderr.at(-1),
    "cordon: npm was not found. Install Node.js together with npm and run this again. (npm-missing)",
  );
});

test("one line and the cure when the cache folder cannot be written to", async () => {
  const checkout = await newCheckout();
  const cache = join(checkout.folder, "package.json", "cache");
  const { code, stderr } = await checkout.cordon(["list"], { CORDON_CACHE: cache });
  assert.equal(code, 1);
  assert.equal(
    stderr.at(-1),
    `cordon: The cache folder ${cache} cannot be written to. Name another one with CORDON_CACHE=FOLDER. (read-only)`,
  );
});
