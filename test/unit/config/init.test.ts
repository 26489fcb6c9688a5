import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import { Command } from "commander";
import { parse } from "yaml";
import { addInit, type InitOptions, init } from "../../../src/cli/init.ts";
import { botOf } from "../../../src/config/bot.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { loadRegistration } from "../../../src/config/registration.ts";
import { writeSecretFiles } from "../../../src/config/secret-file.ts";
import { explainUnwritable } from "../../../src/config/unwritable.ts";
import { makeSigningKey, writePrivateKey, writePublicKey } from "../../../src/proof/sshkey.ts";
import { programAsTyped } from "../../../src/service/program.ts";
import { loadSigningKey } from "../../../src/service/signing-key.ts";
import { temporaryFolder } from "../../support/folder.ts";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `init` to its end; `answers` is everything that somebody types, `undefined` where there is no terminal. */
async function run(options: InitOptions, answers?: string): Promise<Outcome> {
  const io = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    isTTY: answers !== undefined,
  };
  io.stdin.end(answers);
  const [stdout, stderr] = [text(io.stdout), text(io.stderr)];
  const code = await init(options, io);
  io.stdout.end();
  io.stderr.end();
  return { code, stdout: await stdout, stderr: await stderr };
}

/** What there is in the folder afterwards. */
const written = ["archive-key", "archive-key.pub", "cordon.yaml", "registration.yaml"];

const known = { homeserverUrl: "http://127.0.0.1:8008", serverName: "example.org" };

suite("init without a terminal", () => {
  test("writes the files that the service starts with", async () => {
    const out = await temporaryFolder();
    const { code, stderr } = await run({
      ...known,
      administrator: ["@alice:example.org", "@ops-*:example.org"],
      out,
    });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.deepEqual(readdirSync(out).sort(), written);

    const config = loadConfig(join(out, "cordon.yaml"), {});
    const registration = loadRegistration(config, {});
    assert.deepEqual(config.access.administrators, ["@alice:example.org", "@ops-*:example.org"]);
    assert.equal(registration.url, "http://127.0.0.1:9993");
    assert.deepEqual([...config.warnings, ...registration.warnings], []);
    assert.equal(botOf(config, registration), "@cordon:example.org");
    assert.notEqual(registration.senderLocalpart, "cordon");
    const { publicKey } = loadSigningKey(config.archive.signingKey);
    const handedOut = readFileSync(join(out, "archive-key.pub"), "utf8");
    assert.equal(handedOut, `${writePublicKey(publicKey)} archives of example.org\n`);
  });

  test("writes what it was told", async () => {
    const out = await temporaryFolder();
    const options = {
      homeserverUrl: "https://matrix.example.org/",
      serverName: "example.org:8448",
      listen: "[::]:9000",
      url: "https://cordon.example.org",
      database: "postgres://cordon:s3cret@db/cordon",
      out,
    };
    assert.equal((await run(options)).code, 0);
    const config = loadConfig(join(out, "cordon.yaml"), {});
    assert.deepEqual(config.homeserver, {
      url: "https://matrix.example.org",
      serverName: "example.org:8448",
    });
    assert.deepEqual(config.appservice.listen, { host: "::", port: 9000 });
    assert.deepEqual(config.database, { engine: "postgres", url: "postgres://cordon:s3cret@db/cordon" });
    assert.equal(loadRegistration(config, {}).url, "https://cordon.example.org");
  });

  test("gives the homeserver an address that can be called where all are listened on", async () => {
    for (const [listen, url] of [
      ["0.0.0.0:9000", "http://127.0.0.1:9000"],
      ["[::]:9000", "http://[::1]:9000"],
      ["10.0.0.7:9000", "http://10.0.0.7:9000"],
    ] as const) {
      const out = await temporaryFolder();
      await run({ ...known, listen, out });
      assert.equal(loadRegistration(loadConfig(join(out, "cordon.yaml"), {}), {}).url, url);
    }
  });

  test("lets nobody else read the files, whatever the umask, and leaves no draft", async () => {
    const out = join(await temporaryFolder(), "etc/cordon");
    const before = process.umask(0);
    try {
      await run({ ...known, out });
    } finally {
      process.umask(before);
    }
    assert.deepEqual(readdirSync(out).sort(), written);
    for (const file of readdirSync(out)) assert.equal(statSync(join(out, file)).mode & 0o777, 0o600);
  });

  test("makes tokens that no other run has", async () => {
    const tokens: unknown[] = [];
    for (let count = 0; count < 3; count++) {
      const out = await temporaryFolder();
      await run({ ...known, out });
      const { as_token, hs_token } = parse(readFileSync(join(out, "registration.yaml"), "utf8"));
      tokens.push(as_token, hs_token);
    }
    assert.equal(new Set(tokens).size, 6);
  });

  test("says what to add to homeserver.yaml and what to do next", async () => {
    const out = join(await temporaryFolder(), "with a blank");
    const { stdout } = await run({ ...known, out });
    const [, snippet = ""] = /^Add to homeserver\.yaml:$(.*)^Then:$/ms.exec(stdout) ?? [];
    assert.deepEqual(parse(snippet), {
      app_service_config_files: [join(out, "registration.yaml")],
      rc_joins_per_room: { per_second: 10, burst_count: 100 },
    });
    for (const command of ["start", "doctor"])
      assert.ok(stdout.includes(` ${programAsTyped()} ${command} --config '${join(out, "cordon.yaml")}'`));
  });

  test("says commands that work when they are typed as they stand, from any folder", async () => {
    const out = join(await temporaryFolder(), "with a blank");
    const { stdout } = await run({ ...known, out });
    const [, doctor = ""] = /^ +4\. (.*)$/m.exec(stdout) ?? [];
    const { status, stdout: found } = spawnSync("sh", ["-c", doctor], { cwd: tmpdir(), encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(found, /^ok +configuration/);
    assert.match(found, /^FAIL +homeserver /m);
  });

  test("says how the homeserver comes to read its registration, which start and doctor then take", async () => {
    for (const mode of [undefined, 0o755, 0o700]) {
      const out = join(await temporaryFolder(), "it's here");
      if (mode !== undefined) mkdirSync(out, { mode });
      const { stdout } = await run({ ...known, out });
      const [, command = ""] = /^ +(chgrp .*)$/m.exec(stdout) ?? [];
      execFileSync("sh", ["-c", command.replace("GROUP", String(process.getgid?.()))]);
      const registration = statSync(join(out, "registration.yaml"));
      assert.equal(registration.mode & 0o777, 0o640);
      assert.equal(statSync(out).mode & 0o001, 0o001);
      assert.deepEqual(loadRegistration(loadConfig(join(out, "cordon.yaml"), {}), {}).warnings, []);
    }
  });

  test("says the same as JSON, and no token", async () => {
    const out = await temporaryFolder();
    const { stdout } = await run({ ...known, out, json: true });
    const config = join(out, "cordon.yaml");
    const registration = join(out, "registration.yaml");
    assert.deepEqual(JSON.parse(stdout), {
      config,
      registration,
      signing_key: join(out, "archive-key"),
      bot: "@cordon:example.org",
      homeserver_yaml: {
        app_service_config_files: [registration],
        rc_joins_per_room: { per_second: 10, burst_count: 100 },
      },
      next: [
        `chgrp GROUP ${registration} && chmod 0640 ${registration} && chmod o+x ${out}`,
        "restart the homeserver",
        `${programAsTyped()} start --config ${config}`,
        `${programAsTyped()} doctor --config ${config}`,
      ],
    });
  });
});

suite("the key of archives", () => {
  test("stays when the other files are replaced", async () => {
    const out = await temporaryFolder();
    await run({ ...known, out });
    const key = readFileSync(join(out, "archive-key"), "utf8");
    assert.equal((await run({ ...known, out, force: true })).code, 0);
    assert.equal(readFileSync(join(out, "archive-key"), "utf8"), key);
  });

  test("is refused where it is missing, is another kind of file, or everybody can read it; its group may", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "archive-key");
    const refusal = () => {
      try {
        loadSigningKey(file);
      } catch (error) {
        assert.ok(error instanceof ConfigError && error.code === "archive_key_unusable");
        return error.message;
      }
      return "taken";
    };
    const cure = `make one with ssh-keygen -q -t ed25519 -N '' -f ${file}`;
    assert.equal(refusal(), `${file}: there is no such file; ${cure}`);
    writeFileSync(file, "something else", { mode: 0o600 });
    assert.equal(
      refusal(),
      `${file}: cannot sign archives: it has no lines BEGIN and END OPENSSH PRIVATE KEY; ${cure}`,
    );
    writeFileSync(file, writePrivateKey(makeSigningKey(), ""));
    assert.equal(refusal(), "taken");
    for (const [mode, can] of [
      [0o604, "read"],
      [0o644, "read"],
      [0o620, "changed"],
      [0o666, "read and changed"],
    ] as const) {
      chmodSync(file, mode);
      assert.equal(
        refusal(),
        `${file}: holds secrets and can be ${can} by other users of this machine; chmod 600 ${file}`,
      );
    }
    // Kubernetes gives what it mounts to a group that only this service is in.
    for (const mode of [0o640, 0o440, 0o400]) {
      chmodSync(file, mode);
      assert.equal(refusal(), "taken");
    }
  });
});

suite("init refuses", () => {
  test("to guess what it has to know, naming the options", async () => {
    const out = await temporaryFolder();
    const { code, stdout, stderr } = await run({ out });
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(
      stderr,
      /^cordon init: --homeserver-url is missing; .*\ncordon init: --server-name is missing; .*\n$/,
    );
    assert.deepEqual(readdirSync(out), []);
  });

  test("the same with --yes on a terminal, asking nothing", async () => {
    const out = await temporaryFolder();
    const { code, stderr } = await run({ out, yes: true }, "");
    assert.equal(code, 2);
    assert.match(stderr, /--homeserver-url is missing/);
  });

  test("every option that is wrong, a line each", async () => {
    const out = await temporaryFolder();
    const { code, stderr } = await run({
      homeserverUrl: "ftp://x",
      serverName: "https://example.org",
      listen: "localhost",
      url: "cordon",
      database: "mysql://root:hunter2@db/x",
      administrator: ["alice", "@bob:example.org"],
      out,
    });
    assert.equal(code, 2);
    const flags = stderr
      .trimEnd()
      .split("\n")
      .map((line) => /^cordon init: (--[a-z-]+) /.exec(line)?.[1]);
    assert.deepEqual(flags, [
      "--homeserver-url",
      "--server-name",
      "--listen",
      "--url",
      "--database",
      "--administrator",
    ]);
    assert.doesNotMatch(stderr, /hunter2/);
    assert.deepEqual(readdirSync(out), []);
  });

  test("an administrator of another homeserver, who could never be invited", async () => {
    const { code, stderr } = await run({
      ...known,
      administrator: ["@alice:elsewhere.org"],
      out: await temporaryFolder(),
    });
    assert.equal(code, 2);
    assert.match(stderr, /--administrator is "@alice:elsewhere\.org", who is not on example\.org/);
  });

  for (const present of ["cordon.yaml", "registration.yaml", "archive-key.pub"]) {
    test(`to write any file where ${present} is there, until --force`, async () => {
      const out = await temporaryFolder();
      writeFileSync(join(out, present), "mine");
      const { code, stderr } = await run({ ...known, out });
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `cordon init: ${join(out, present)} is there already; --force replaces it, --out names another folder\n`,
      );
      assert.deepEqual(readdirSync(out), [present]);
      assert.equal(readFileSync(join(out, present), "utf8"), "mine");

      assert.equal((await run({ ...known, out, force: true })).code, 0);
      assert.deepEqual(readdirSync(out).sort(), written);
      loadRegistration(loadConfig(join(out, "cordon.yaml"), {}), {});
    });
  }

  test("to write where there can be no folder", async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const out = join(folder, "file/cordon");
    const { code, stderr } = await run({ ...known, out });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `cordon init: ${out} has a file on its path where a folder should be; name another folder with --out\n`,
    );
  });
});

suite("init on a terminal", () => {
  test("asks for everything, and takes its defaults for empty lines", async () => {
    const out = await temporaryFolder();
    const { code, stderr } = await run({ out }, "\nexample.org\n\n\n\n\n");
    assert.equal(code, 0);
    const asked = [
      "Address of the homeserver, seen from here [http://127.0.0.1:8008]:",
      "Name of the homeserver, as in @alice:NAME:",
      "Where Cordon waits for the homeserver [127.0.0.1:9993]:",
      "Where the homeserver finds Cordon [http://127.0.0.1:9993]:",
      "Database [sqlite:cordon.db]:",
      "Administrators, with blanks between them [none]:",
    ];
    let from = 0;
    for (const question of asked) {
      const found = stderr.indexOf(question, from);
      assert.ok(found >= from, question);
      from = found;
    }
    const config = loadConfig(join(out, "cordon.yaml"), {});
    assert.deepEqual(config.homeserver, { url: "http://127.0.0.1:8008", serverName: "example.org" });
    assert.deepEqual(config.access.administrators, []);
  });

  test("asks only for what was not given, and again until it can be read", async () => {
    const out = await temporaryFolder();
    const given = {
      homeserverUrl: "http://hs:8008",
      listen: "9000",
      url: "http://cordon:9000",
      database: "sqlite:x.db",
    };
    const answers =
      "\nhttps://example.org\nexample.org\n@alice:elsewhere.org\n@alice:example.org @bob:example.org\n";
    const { code, stderr } = await run({ ...given, out }, answers);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /Address of|Where|Database/);
    assert.match(stderr, /That has no default; /);
    assert.match(
      stderr,
      /That is "https:\/\/example\.org", which is no server name; .*did you mean example\.org\./,
    );
    assert.match(stderr, /That is "@alice:elsewhere\.org", who is not on example\.org/);
    const config = loadConfig(join(out, "cordon.yaml"), {});
    assert.deepEqual(config.access.administrators, ["@alice:example.org", "@bob:example.org"]);
  });

  test("writes nothing when the person leaves", async () => {
    const out = await temporaryFolder();
    const { code, stdout, stderr } = await run({ out }, "\nexample.org\n");
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /cordon init: stopped; nothing was written\n$/);
    assert.deepEqual(readdirSync(out), []);
  });
});

suite("files with secrets", () => {
  test("are all written, or none where one is there", async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, "b"));
    const files = ["a", "b"].map((name) => ({ path: join(folder, name), text: name }));
    assert.throws(() => writeSecretFiles(files, { replace: false }), { code: "EEXIST" });
    assert.deepEqual(readdirSync(folder), ["b"]);
  });

  test("lose the rights that others had when they are replaced", async () => {
    const path = join(await temporaryFolder(), "secret");
    writeFileSync(path, "old");
    chmodSync(path, 0o644);
    writeSecretFiles([{ path, text: "new" }], { replace: true });
    assert.equal(readFileSync(path, "utf8"), "new");
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test("that cannot be written are explained by what the file system said", () => {
    const failure = (code: string) => Object.assign(new Error(code), { code });
    assert.match(explainUnwritable(failure("EACCES")) ?? "", /^may not be written by this user/);
    assert.match(explainUnwritable(failure("EROFS")) ?? "", /read-only/);
    assert.match(explainUnwritable(failure("ENOSPC")) ?? "", /the disk is full/);
    assert.match(explainUnwritable(failure("EIO")) ?? "", /\(EIO\)/);
    assert.equal(explainUnwritable(new TypeError("a bug")), undefined);
  });
});

test("the command line knows every option", async () => {
  const out = await temporaryFolder();
  const program = new Command("cordon").exitOverride();
  addInit(program);
  const help = program.commands[0]?.helpInformation() ?? "";
  for (const flag of [
    "--homeserver-url",
    "--server-name",
    "--listen",
    "--url",
    "--database",
    "--administrator",
    "--out",
    "--yes",
    "--force",
    "--json",
  ]) {
    assert.ok(help.includes(flag), flag);
  }
  assert.ok(!existsSync(join(out, "cordon.yaml")));
});
