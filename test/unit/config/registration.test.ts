import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { Config } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { makeRegistration, renderRegistration } from "../../../src/config/new-registration.ts";
import { ConfigError, formatProblem } from "../../../src/config/problem.ts";
import { loadRegistration, type Registration, readRegistration } from "../../../src/config/registration.ts";
import { temporaryFolder } from "../../support/folder.ts";

const top = join(import.meta.dirname, "../../..");

/** A configuration for `serverName` and, beside it, a registration. */
async function installed(
  serverName: string,
  registration: Registration | string,
  bot: string | undefined = "cordon",
): Promise<Config> {
  const folder = await temporaryFolder();
  const file = join(folder, "cordon.yaml");
  const named = bot === undefined ? "" : `appservice:\n  bot: ${JSON.stringify(bot)}\n`;
  writeFileSync(file, `homeserver:\n  url: http://127.0.0.1:8008\n  server_name: "${serverName}"\n${named}`);
  const text = typeof registration === "string" ? registration : renderRegistration(registration);
  writeFileSync(join(folder, "registration.yaml"), text, { mode: 0o600 });
  return loadConfig(file, {});
}

const fresh = (serverName = "example.org") => makeRegistration({ serverName, url: "http://127.0.0.1:9993" });

suite("a new registration", () => {
  for (const serverName of ["example.org", "matrix.example.org:8448", "[::1]:8448", "localhost"]) {
    test(`for ${serverName} is read back as it was made`, async () => {
      const registration = await fresh(serverName);
      const config = await installed(serverName, registration);
      assert.deepEqual(loadRegistration(config, {}), { ...registration, warnings: [] });
    });
  }

  test("claims bot, sender and the aliases of incident rooms, and nothing that only begins alike", async () => {
    const { senderLocalpart, namespaces } = await fresh();
    const { users, aliases, rooms } = namespaces;
    assert.equal(senderLocalpart, "_cordon_sender");
    assert.deepEqual(users, [
      { exclusive: true, regex: String.raw`@cordon:example\.org$` },
      { exclusive: true, regex: String.raw`@_cordon_sender:example\.org$` },
    ]);
    assert.deepEqual(aliases, [{ exclusive: true, regex: String.raw`#inc-[a-z2-7]{20}:example\.org$` }]);
    assert.deepEqual(rooms, []);
  });

  test("has two tokens of 256 bits that no other has", async () => {
    const tokens = [await fresh(), await fresh()].flatMap(({ asToken, hsToken }) => [asToken, hsToken]);
    for (const token of tokens) assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(new Set(tokens).size, 4);
  });
});

suite("tokens in variables", () => {
  const asToken = "a".repeat(64);
  const hsToken = "b".repeat(64);

  test("take the place of those in the file", async () => {
    const config = await installed(
      "example.org",
      renderRegistration(await fresh()).replace(/^as_token: .*$/m, "as_token:"),
    );
    const found = loadRegistration(config, { CORDON_AS_TOKEN: asToken, CORDON_HS_TOKEN: hsToken });
    assert.deepEqual([found.asToken, found.hsToken], [asToken, hsToken]);
  });

  test("are refused like those in the file, and not repeated", async () => {
    const config = await installed("example.org", await fresh());
    assert.throws(
      () => loadRegistration(config, { CORDON_AS_TOKEN: "tooshort" }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.code, "registration_invalid");
        assert.match(error.message, /^CORDON_AS_TOKEN: is shorter than 32 characters/);
        assert.doesNotMatch(error.message, /tooshort/);
        return true;
      },
    );
  });
});

suite("a registration that can be used and should be seen to", () => {
  const warnings = (config: Config) => {
    const { folder = "" } = /^(?<folder>.*[/\\])/.exec(config.file)?.groups ?? {};
    return loadRegistration(config, {}).warnings.map((warning) =>
      formatProblem(warning).replaceAll(folder, ""),
    );
  };

  test("names another port", async () => {
    const config = await installed("example.org", { ...(await fresh()), url: "https://cordon.example.org" });
    assert.deepEqual(warnings(config), [
      "registration.yaml:6:6: url: names port 443, but appservice.listen is port 9993; that is right only where a proxy stands between the two",
    ]);
  });

  test("is rate limited", async () => {
    const config = await installed("example.org", { ...(await fresh()), rateLimited: true });
    assert.deepEqual(warnings(config), [
      "registration.yaml:15:15: rate_limited: is not false: the homeserver will hold back invitations; write rate_limited: false and restart the homeserver",
    ]);
  });

  test("is https at the port on which Cordon itself listens, in plain HTTP", async () => {
    const config = await installed("example.org", { ...(await fresh()), url: "https://127.0.0.1:9993" });
    assert.deepEqual(warnings(config), [
      "registration.yaml:6:6: url: is https, but Cordon itself speaks plain HTTP at port 9993; that is right only where something that speaks TLS stands between the two: write http and restart the homeserver",
    ]);
  });

  test("claims people", async () => {
    const { namespaces, ...registration } = await fresh();
    const users = [...namespaces.users, { exclusive: false, regex: "@.*" }];
    const config = await installed("example.org", { ...registration, namespaces: { ...namespaces, users } });
    assert.deepEqual(warnings(config), [
      "registration.yaml:24:7: namespaces.users[2]: claims people, in whose name the service could then act; write regex: '@cordon:example\\.org$' and another with '@_cordon_sender:example\\.org$'",
    ]);
  });

  test("lets others take the aliases of incident rooms", async () => {
    const { namespaces, ...registration } = await fresh();
    const aliases = namespaces.aliases.map((each) => ({ ...each, exclusive: false }));
    const config = await installed("example.org", {
      ...registration,
      namespaces: { ...namespaces, aliases },
    });
    assert.deepEqual(warnings(config), [
      "registration.yaml:25:18: namespaces.aliases[0].exclusive: is not true: others can take the aliases of incident rooms, which then cannot be made; write exclusive: true and restart the homeserver",
    ]);
  });

  test("can be read by everybody, while its group may", async () => {
    const config = await installed("example.org", await fresh());
    chmodSync(config.appservice.registration, 0o640);
    assert.deepEqual(warnings(config), []);
    chmodSync(config.appservice.registration, 0o644);
    assert.deepEqual(warnings(config), [
      "registration.yaml: holds secrets and can be read by other users of this machine; chgrp GROUP registration.yaml && chmod 640 registration.yaml, where GROUP is that of the homeserver",
    ]);
  });

  test("holds what is for the homeserver only", async () => {
    const config = await installed(
      "example.org",
      `${renderRegistration(await fresh())}protocols: []\nreceive_ephemeral: true\n`,
    );
    assert.deepEqual(warnings(config), []);
  });
});

suite("the sample registration", () => {
  test("is refused for its tokens, and for an id that Synapse refuses too", () => {
    assert.throws(
      () => readRegistration(join(top, "registration.yaml"), {}),
      (error) => {
        assert.ok(error instanceof ConfigError);
        const keys = error.problems.map(({ key, message }) => `${key} ${message.split(";")[0]}`);
        assert.deepEqual(keys, [
          'id is "sample|cordon", which is no id that a homeserver takes',
          "as_token is the token of a sample file, which everybody knows",
          "hs_token is the token of a sample file, which everybody knows",
        ]);
        return true;
      },
    );
  });

  test("is refused by the sample configuration", () => {
    const config = loadConfig(join(top, "config/cordon.yaml"), {});
    assert.throws(() => loadRegistration(config, {}), ConfigError);
  });

  test("has the form of a real one", async () => {
    const sample = readFileSync(join(top, "registration.yaml"), "utf8");
    const { asToken, hsToken } = await fresh();
    const config = await installed(
      "example.org",
      sample
        .replace("sample|cordon", "cordon")
        .replace(/sample-as[^"]*/, asToken)
        .replace(/sample-hs[^"]*/, hsToken),
    );
    assert.deepEqual(loadRegistration(config, {}), { ...(await fresh()), asToken, hsToken, warnings: [] });
  });
});

test("a registration that is not there is told apart from a wrong one", async () => {
  const folder = await temporaryFolder();
  assert.throws(() => readRegistration(join(folder, "registration.yaml"), {}), {
    code: "registration_unreadable",
  });
});
