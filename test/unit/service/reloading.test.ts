import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { suite, test } from "node:test";
import pino from "pino";
import { init } from "../../../src/cli/init.ts";
import { InForce } from "../../../src/service/in-force.ts";
import { marksOf } from "../../../src/service/marking.ts";
import { Reloading } from "../../../src/service/reloading.ts";
import { readSetup } from "../../../src/service/setup.ts";
import { temporaryFolder } from "../../support/folder.ts";

/** A service's files in a folder of their own, and what reads them again. */
async function newFiles(level = "info") {
  const folder = await temporaryFolder();
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answers = {
    homeserverUrl: "http://127.0.0.1:9",
    serverName: "example.org",
    listen: "127.0.0.1:9993",
    url: "http://127.0.0.1:9993",
    database: "sqlite:cordon.db",
    administrator: [],
  };
  const io = { stdin: process.stdin, stdout: silent, stderr: silent, isTTY: false };
  assert.equal(await init({ ...answers, out: folder, yes: true }, io), 0);
  const file = join(folder, "cordon.yaml");
  const lines: string[] = [];
  const log = pino({ level, base: null }, { write: (line: string) => void lines.push(line) });
  const inForce = new InForce(readSetup(file));
  const reloading = new Reloading({ inForce, log });
  const path = (name: string) => join(folder, name);
  const edit = (name: string, before: string | RegExp, after: string) => {
    const text = readFileSync(path(name), "utf8");
    assert.notEqual(text.replace(before, after), text);
    writeFileSync(path(name), text.replace(before, after));
  };
  const append = (text: string) => edit("cordon.yaml", /$/, `\n${text}\n`);
  return { file, path, edit, append, inForce, reloading, lines, log };
}

type Files = Awaited<ReturnType<typeof newFiles>>;

test("what changed is in force afterwards, and named without its value", async () => {
  const { append, reloading, inForce, lines } = await newFiles();
  append('commands:\n  prefixes: ["!fire"]\n  stale_after: 5m\n');
  assert.deepEqual(await reloading.reload(), {
    outcome: "applied",
    changed: ["commands.prefixes", "commands.stale_after"],
  });
  assert.deepEqual(inForce.setup.config.commands, { prefixes: ["!fire"], staleAfterMs: 300_000 });
  assert.match(lines.join(""), /"changed":\["commands.prefixes","commands.stale_after"\]/);
  assert.doesNotMatch(lines.join(""), /fire/);
  assert.equal(reloading.refused, undefined);
});

test("what did not change is not put in force anew", async () => {
  const { append, reloading, inForce } = await newFiles();
  const before = inForce.setup;
  append("# only words");
  assert.deepEqual(await reloading.reload(), { outcome: "unchanged" });
  assert.equal(inForce.setup, before);
});

test("another key of archives in the same file", async () => {
  const { path, reloading, inForce } = await newFiles();
  const other = await newFiles();
  const before = inForce.setup.signingKey.publicKey.fingerprint;
  writeFileSync(path("archive-key"), readFileSync(other.path("archive-key")));
  assert.deepEqual(await reloading.reload(), { outcome: "applied", changed: ["archive.signing_key"] });
  assert.notEqual(inForce.setup.signingKey.publicKey.fingerprint, before);
});

suite("files that cannot be used leave everything as it was", () => {
  const secret = "hunter2-hunter2-hunter2-hunter2-hunter2";
  const cases: Readonly<Record<string, readonly [break_: (files: Files) => void, why: RegExp]>> = {
    "a mistake of syntax": [({ append }) => append("rooms: [10"), /cordon\.yaml:\d+:\d+: /],
    "a key that is not known": [
      ({ append }) => append("rooms:\n  lobies: []"),
      /cordon\.yaml:\d+:3: rooms\.lobies: is no key .* did you mean lobbies/,
    ],
    "a contradiction": [
      ({ append }) => append("roles:\n  definitions:\n    commander:\n      rights: [update]"),
      /cordon\.yaml:\d+:\d+: roles\.definitions\.commander/,
    ],
    "no configuration": [({ path }) => rmSync(path("cordon.yaml")), /there is no such file/],
    "a folder in its place": [
      ({ path }) => {
        rmSync(path("cordon.yaml"));
        mkdirSync(path("cordon.yaml"));
      },
      /is a folder/,
    ],
    "an empty file": [({ path }) => writeFileSync(path("cordon.yaml"), ""), /is empty/],
    "half a file": [
      ({ path }) => {
        const text = readFileSync(path("cordon.yaml"), "utf8");
        writeFileSync(path("cordon.yaml"), text.slice(0, text.indexOf("server_name:") + 3));
      },
      /cordon\.yaml:\d+:\d+: /,
    ],
    "no text": [({ path }) => writeFileSync(path("cordon.yaml"), Buffer.from([0xff, 0xfe, 0])), /UTF-8/],
    "no registration": [({ path }) => rmSync(path("registration.yaml")), /registration\.yaml: there is no/],
    "a registration without a token": [
      ({ edit }) => edit("registration.yaml", /hs_token: .*/, ""),
      /registration\.yaml.*hs_token/,
    ],
    "a registration with another token": [
      ({ edit }) => edit("registration.yaml", /as_token: .*/, `as_token: "${secret}"`),
      /^as_token of the registration changed, which needs a restart$/,
    ],
    "a registration for another homeserver": [
      ({ edit }) => edit("registration.yaml", /example\\?\.org/g, "example.com"),
      /registration\.yaml:\d+:\d+: namespaces\.aliases/,
    ],
    "no key": [({ path }) => rmSync(path("archive-key")), /archive-key: there is no such file/],
    "a key that everybody can read": [
      ({ path }) => chmodSync(path("archive-key"), 0o644),
      /archive-key: holds secrets/,
    ],
    "a key that is none": [({ path }) => writeFileSync(path("archive-key"), secret), /cannot sign archives/],
    "another database": [
      ({ edit }) => edit("cordon.yaml", /url: "?sqlite:.*/, `url: "postgres://cordon:${secret}@127.0.0.1/c"`),
      /^database\.url changed, which needs a restart$/,
    ],
    "something that can be changed, and something that cannot": [
      ({ append, edit }) => {
        edit("cordon.yaml", /listen: .*/, "listen: 127.0.0.1:9994");
        append('commands:\n  prefixes: ["!fire"]\nlog:\n  format: text');
      },
      /^appservice\.listen and log\.format changed, which needs a restart$/,
    ],
  };
  for (const [name, [break_, why]] of Object.entries(cases)) {
    test(name, async () => {
      const files = await newFiles();
      const { reloading, inForce, lines } = files;
      const before = inForce.setup;
      break_(files);
      const reloaded = await reloading.reload();
      assert.equal(reloaded.outcome, "refused");
      assert.ok(reloaded.outcome === "refused");
      assert.match(reloaded.reasons.join("\n"), why);
      assert.equal(inForce.setup, before);
      const told = lines.map((line): unknown => JSON.parse(line));
      assert.ok(told.every((line) => Object(line).level >= 40));
      assert.ok(
        reloaded.reasons.every((reason) => told.some((line) => String(Object(line).msg).includes(reason))),
      );
      // What /ready tells holds nothing of what was written, and the log no secret.
      assert.match(reloading.refused ?? "", /restart|cannot be used|mistakes/);
      assert.doesNotMatch(`${reloading.refused} ${lines.join("")}`, new RegExp(secret));
      assert.doesNotMatch(reloading.refused ?? "", /lobies|elsewhere|@|\//);
    });
  }
});

test("a refusal is forgotten with the next reload that is none", async () => {
  const { path, reloading } = await newFiles();
  const right = readFileSync(path("cordon.yaml"), "utf8");
  writeFileSync(path("cordon.yaml"), "");
  await reloading.reload();
  assert.ok(reloading.refused !== undefined);
  writeFileSync(path("cordon.yaml"), right);
  assert.deepEqual(await reloading.reload(), { outcome: "unchanged" });
  assert.equal(reloading.refused, undefined);
});

test("a file that is still being written is waited for", async () => {
  const { path, append, reloading, inForce } = await newFiles();
  append("rooms:\n  time_zone: Europe/Berlin\ncommands:\n  stale_after: 5m");
  const whole = readFileSync(path("cordon.yaml"), "utf8");
  // As far as it goes it is right; what is not written yet has its defaults.
  writeFileSync(path("cordon.yaml"), whole.slice(0, whole.indexOf("commands:")));
  const reloaded = reloading.reload();
  writeFileSync(path("cordon.yaml"), whole);
  assert.deepEqual(await reloaded, {
    outcome: "applied",
    changed: ["rooms.time_zone", "commands.stale_after"],
  });
  assert.equal(inForce.setup.config.commands.staleAfterMs, 300_000);
});

test("what is asked for while a reload is under way is done once after it", async () => {
  const { append, reloading, lines } = await newFiles();
  const first = reloading.reload();
  const others = Array.from({ length: 49 }, () => reloading.reload());
  await first;
  append("rooms:\n  time_zone: Europe/Berlin");
  assert.deepEqual(await first, { outcome: "unchanged" });
  for (const other of await Promise.all(others))
    assert.deepEqual(other, { outcome: "applied", changed: ["rooms.time_zone"] });
  assert.equal(lines.length, 2);
});

test("a service that stops applies nothing more", async () => {
  const { append, reloading, inForce } = await newFiles();
  const before = inForce.setup;
  append("rooms:\n  time_zone: Europe/Berlin");
  const reloaded = reloading.reload();
  reloading.stop();
  assert.equal((await reloaded).outcome, "refused");
  assert.equal(inForce.setup, before);
});

suite("the level of the log is changed, and said at the more talkative of the two", () => {
  for (const [from, to] of [
    ["info", "error"],
    ["error", "debug"],
  ] as const) {
    test(`from ${from} to ${to}`, async () => {
      const files = await newFiles(from);
      files.append(`log:\n  level: ${to}`);
      assert.equal((await files.reloading.reload()).outcome, "applied");
      assert.equal(files.log.level, to);
      assert.match(files.lines.join(""), /"changed":\["log\.level"\]/);
    });
  }
});

suite("the marks of a setup", () => {
  const secret = Buffer.alloc(32, 1);

  test("are the same for the same files, and tell kinds of changes apart", async () => {
    const { file, append, edit } = await newFiles();
    const marks = marksOf(readSetup(file), secret);
    assert.deepEqual(marksOf(readSetup(file), secret), marks);
    assert.match(`${marks.restart} ${marks.reload}`, /^[0-9a-f]{32} [0-9a-f]{32}$/);
    append("rooms:\n  time_zone: Europe/Berlin");
    const reloaded = marksOf(readSetup(file), secret);
    assert.deepEqual([reloaded.restart === marks.restart, reloaded.reload === marks.reload], [true, false]);
    edit("registration.yaml", /as_token: .*/, `as_token: "${"a1".repeat(32)}"`);
    assert.notEqual(marksOf(readSetup(file), secret).restart, marks.restart);
  });

  test("are others with another secret", async () => {
    const { file } = await newFiles();
    const setup = readSetup(file);
    assert.notDeepEqual(marksOf(setup, secret), marksOf(setup, Buffer.alloc(32, 2)));
  });
});
