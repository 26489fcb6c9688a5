import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Checkout, goodNpm, newCheckout } from "../support/checkout.ts";

interface FakePython {
  /** What it says about itself: version, and whether it has venv and ensurepip. */
  readonly about?: string;
  readonly venv?: string;
  readonly pip?: string;
  /** What `import synapse` prints. */
  readonly synapse?: string;
}

/** A Python as a shell script; an environment made with it holds the same script as its interpreter. */
function python({ about = "3.11.7 True", venv = "", pip = "", synapse = "exit 1" }: FakePython): string {
  return `
case "$*" in
  *"import synapse"*) ${synapse} ;;
  -c*) echo "${about}" ;;
  "-m venv "*) ${venv}
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) echo "$@" >> "$CHECKOUT/pip-runs"; ${pip}
    exit 0 ;;
esac`;
}

/** A checkout whose packages are there, with these Pythons on the path. */
async function checkoutWith(pythons: Record<string, FakePython>): Promise<Checkout> {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  for (const [name, fake] of Object.entries(pythons)) await checkout.program(name, python(fake));
  await checkout.task(["docs"]);
  return checkout;
}

test("Synapse is installed once, with hashes, into the cache", async () => {
  const checkout = await checkoutWith({ python3: {} });
  assert.deepEqual(await checkout.task(["demo"]), {
    code: 0,
    stdout: "demo\n",
    stderr: ["cordon: installing Synapse (pip) …"],
  });
  assert.deepEqual((await checkout.task(["demo"])).stderr, []);
  assert.equal(await checkout.lines("pip-runs"), 1);
});

test("an environment whose installation broke off is made again", async () => {
  const checkout = await checkoutWith({ python3: { pip: "exit 1" } });
  assert.equal((await checkout.task(["demo"])).code, 1);
  await checkout.program("python3", python({}));
  assert.equal((await checkout.task(["demo"])).code, 0);
  assert.equal(await checkout.lines("pip-runs"), 2);
});

test("the first Python that is new enough and complete is taken", async () => {
  const checkout = await checkoutWith({
    "python3.13": { about: "3.13.0 False" },
    "python3.12": { about: "3.12.1 True" },
    python3: { about: "3.9.2 True", venv: "exit 1" },
  });
  assert.equal((await checkout.task(["demo"])).code, 0);
});

const failures: { what: string; python?: FakePython; line: RegExp }[] = [
  {
    what: "there is no Python",
    line: /^cordon: Synapse needs Python 3\.10 to 3\.14, and here is none\. Install it, or name a Python that has Synapse with CORDON_SYNAPSE_PYTHON=PATH\. \(python-missing\)$/,
  },
  {
    what: "Python is too old",
    python: { about: "3.9.2 True" },
    line: /^cordon: Synapse needs Python 3\.10 to 3\.14, and here is only 3\.9\.2\. Install one of them next to it, .*\(python-too-old\)$/,
  },
  {
    what: "Python is too new",
    python: { about: "3.15.0 True" },
    line: /here is only 3\.15\.0\. Install one of them next to it, .*\(python-missing\)$/,
  },
  {
    what: "Python lacks the venv module",
    python: { about: "3.11.2 False" },
    line: /^cordon: Python 3\.11\.2 lacks the modules venv and ensurepip\. On Debian and Ubuntu: apt install python3\.11-venv \(venv-missing\)$/,
  },
  {
    what: "ensurepip turns out to be missing",
    python: {
      venv: "echo 'The virtual environment was not created because ensurepip is not available.'; exit 1",
    },
    line: /apt install python3\.11-venv \(venv-missing\)$/,
  },
  {
    what: "the package index has no address",
    python: {
      pip: "echo 'Failed to establish: NameResolutionError'; echo 'ERROR: No matching distribution found'; exit 1",
    },
    line: /^cordon: pip could not reach its package index \(NameResolutionError\)\. Check the network, the proxy and "pip config list", and run this again; pip's log is \S+synapse\.log\. \(pip-unreachable\)$/,
  },
  {
    what: "the disk is full",
    python: { pip: "echo 'ERROR: [Errno 28] No space left on device'; exit 1" },
    line: /^cordon: The disk that holds \S+cache is full\. Free about 1 GB there and run this again\. \(disk-full\)$/,
  },
  {
    what: "pip's cache is read-only",
    python: { pip: "echo 'ERROR: [Errno 30] Read-only file system'; exit 1" },
    line: /^cordon: The cache folder \S+cache or pip's own cannot be written to\. .*CORDON_CACHE=FOLDER.*\(read-only\)$/,
  },
  {
    what: "a package has another hash",
    python: {
      pip: "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'; exit 1",
    },
    line: /^cordon: A Python package is not the one whose hash is known\. .*\(synapse-altered\)$/,
  },
  {
    what: "nothing is made for this machine",
    python: { pip: "echo 'ERROR: No matching distribution found for matrix-synapse'; exit 1" },
    line: /^cordon: Synapse does not come ready made for this machine\. .*CORDON_SYNAPSE_PYTHON=PATH.*\(synapse-no-wheel\)$/,
  },
  {
    what: "pip fails in an unknown way",
    python: { pip: "exit 3" },
    line: /^cordon: Synapse could not be installed\. The log says why: \S+synapse\.log\. \(synapse-failed\)$/,
  },
];

for (const { what, python, line } of failures) {
  test(`one line and the cure when ${what}`, async () => {
    const checkout = await checkoutWith(python === undefined ? {} : { python3: python });
    const { code, stdout, stderr } = await checkout.task(["demo"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.length, 2, stderr.join("\n"));
    assert.match(stderr[1] ?? "", line);
  });
}

const named: { what: string; synapse: string; line: RegExp | undefined }[] = [
  { what: "is new enough", synapse: "echo 'synapse 1.163.2'", line: undefined },
  { what: "is newer", synapse: "echo 'synapse 2.0.0rc1'", line: undefined },
  {
    what: "is too old",
    synapse: "echo 'synapse 1.99.10'",
    line: /has Synapse 1\.99\.10, and 1\.163\.2 or newer is needed\. Upgrade it, or leave the variable out\. \(synapse-unusable\)$/,
  },
  {
    what: "is missing",
    synapse: "exit 1",
    line: /is no Python that can import synapse\. Name another, or leave it out .*\(synapse-unusable\)$/,
  },
];

for (const { what, synapse, line } of named) {
  test(`CORDON_SYNAPSE_PYTHON whose Synapse ${what}`, async () => {
    const checkout = await checkoutWith({ mine: { synapse } });
    const mine = join(checkout.folder, "path/mine");
    const { code, stderr } = await checkout.task(["demo"], { CORDON_SYNAPSE_PYTHON: mine });
    assert.equal(code, line === undefined ? 0 : 1);
    if (line) assert.match(stderr.at(-1) ?? "", line);
  });
}
