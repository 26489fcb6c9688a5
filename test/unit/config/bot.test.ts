import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { botOf } from "../../../src/config/bot.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { makeRegistration, renderRegistration } from "../../../src/config/new-registration.ts";
import { ConfigError, formatProblem } from "../../../src/config/problem.ts";
import { loadRegistration } from "../../../src/config/registration.ts";
import { temporaryFolder } from "../../support/folder.ts";

/** What is written about the users, apart from the rest of two files that fit each other. */
interface Written {
  /** As it stands in the configuration; left out where not given. */
  readonly bot?: string;
  readonly sender: string;
  /** Expressions of `namespaces.users`, with `:` where `:example\.org$` is meant. */
  readonly users: readonly string[];
  /** Indexes of the users that others may have too. */
  readonly shared?: readonly number[];
}

/** What becomes of it: who the bot is, and what is warned of; or all that is wrong, as an operator reads it. */
async function read({ bot, sender, users, shared = [] }: Written) {
  const folder = await temporaryFolder();
  const file = join(folder, "cordon.yaml");
  const named = bot === undefined ? "" : `appservice:\n  bot: ${bot}\n`;
  writeFileSync(file, `homeserver:\n  url: http://127.0.0.1:8008\n  server_name: example.org\n${named}`);
  const made = await makeRegistration({ serverName: "example.org", url: "http://127.0.0.1:9993" });
  const claimed = users.map((regex, index) => ({
    exclusive: !shared.includes(index),
    regex: regex.replace(/:$/, String.raw`:example\.org$`),
  }));
  const registration = {
    ...made,
    senderLocalpart: sender,
    namespaces: { ...made.namespaces, users: claimed },
  };
  writeFileSync(join(folder, "registration.yaml"), renderRegistration(registration), { mode: 0o600 });
  const short = (words: string) => words.replaceAll(join(folder, "/"), "");
  try {
    const config = loadConfig(file, {});
    const found = loadRegistration(config, {});
    return {
      bot: botOf(config, found),
      warned: found.warnings.map((warning) => short(formatProblem(warning))),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return short(error.message);
  }
}

const newKind = { sender: "_cordon_sender", users: ["@cordon:", "@_cordon_sender:"] };
const oldKind = { sender: "cordon", users: ["@cordon:"] };

suite("the bot is", () => {
  const cases: readonly (readonly [string, Written, string])[] = [
    ["whom the configuration names", { bot: "cordon", ...newKind }, "@cordon:example.org"],
    ["named by its user id as well", { bot: '"@cordon:example.org"', ...newKind }, "@cordon:example.org"],
    ["the sender where nobody is named, as of old", oldKind, "@cordon:example.org"],
    ["the sender where that is named", { bot: "cordon", ...oldKind }, "@cordon:example.org"],
    ["the sender where nothing is claimed", { sender: "cordon", users: [] }, "@cordon:example.org"],
    [
      "a name with every sign there can be",
      { bot: "_a.b=c/d+e-1", sender: "s", users: [String.raw`@_a\.b=c/d\+e-1:`, "@s:"] },
      "@_a.b=c/d+e-1:example.org",
    ],
  ];
  for (const [what, written, bot] of cases) {
    test(what, async () => assert.deepEqual(await read(written), { bot, warned: [] }));
  }
});

suite("it is not clear who the bot is", () => {
  const cases: readonly (readonly [string, Written, string])[] = [
    [
      "a registration of the new kind with a configuration of the old one",
      newKind,
      "registration.yaml:14:19: sender_localpart: is _cordon_sender, namespaces.users claims cordon too, and cordon.yaml does not say who of them is the bot; write bot: cordon there, under appservice",
    ],
    [
      "a registration that was changed by half",
      { sender: "cordon", users: newKind.users },
      "registration.yaml:14:19: sender_localpart: is cordon, namespaces.users claims _cordon_sender too, and cordon.yaml does not say who of them is the bot; write bot: cordon there, under appservice",
    ],
    [
      "a bot that the registration does not claim",
      { bot: "cordom", ...newKind },
      String.raw`registration.yaml:20:5: namespaces.users: does not claim @cordom:example.org, the bot that cordon.yaml names in appservice.bot; write - exclusive: true and regex: '@cordom:example\.org$', or bot: cordon in that file`,
    ],
    [
      "a new sender without the bot's namespace",
      { bot: "cordon", sender: "_cordon_sender", users: [] },
      String.raw`registration.yaml:19:10: namespaces.users: does not claim @cordon:example.org, the bot that cordon.yaml names in appservice.bot; write - exclusive: true and regex: '@cordon:example\.org$'`,
    ],
    [
      "a bot of another homeserver",
      { bot: '"@cordon:elsewhere.org"', ...newKind },
      "cordon.yaml:5:8: appservice.bot: is on elsewhere.org, but homeserver.server_name is example.org; the bot is a user of the service's own homeserver: write cordon",
    ],
  ];
  for (const [what, written, words] of cases) {
    test(what, async () => assert.equal(await read(written), words));
  }

  for (const bot of [
    '"@cordon"',
    "Cordon",
    '"the bot"',
    '""',
    "7",
    "[cordon]",
    '"@:example.org"',
    "a:b",
    "~",
  ]) {
    test(`${bot} is no name`, async () => {
      assert.match(
        String(await read({ bot, ...newKind })),
        /^cordon\.yaml:5:8: appservice\.bot: \S.*; write the part/,
      );
    });
  }

  test("a user id that is too long", async () => {
    const bot = "b".repeat(243);
    assert.match(String(await read({ bot, ...newKind })), /longer than the 255 characters .* shorter by 1$/);
  });
});

suite("it is warned", () => {
  const only = async (written: Written) => {
    const found = await read(written);
    assert.ok(typeof found === "object", String(found));
    return found.warned;
  };

  for (const wide of [
    "@.*",
    "@.*:",
    "@cordon.*:",
    "@[^:]+:",
    "@(cordon|somebody):",
    "@[a-z]+:",
    "@cordon-.+:",
  ]) {
    test(`of the namespace ${wide}, which claims people`, async () => {
      const [warning, ...more] = await only({ bot: "cordon", ...newKind, users: [...newKind.users, wide] });
      assert.match(warning ?? "", /^registration\.yaml:24:7: namespaces\.users\[2\]: claims people, /);
      assert.deepEqual(more, []);
      assert.equal((await only({ ...oldKind, users: [wide] })).length, 1);
    });
  }

  test("of a bot whose name others can take", async () => {
    assert.deepEqual(await only({ bot: "cordon", ...newKind, shared: [0] }), [
      "registration.yaml:20:18: namespaces.users[0].exclusive: is not true: others can take the name @cordon:example.org; write exclusive: true and restart the homeserver",
    ]);
  });

  test("of a sender that is not claimed", async () => {
    const [warning = ""] = await only({ bot: "cordon", sender: "_cordon_sender", users: ["@cordon:"] });
    assert.match(warning, /does not claim @_cordon_sender:example\.org, the sender/);
  });
});
