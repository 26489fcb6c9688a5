import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { parseDocument } from "yaml";
import type { Config } from "../../../src/config/config.ts";
import { renderConfigurationDocs } from "../../../src/config/docs.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError, formatProblem } from "../../../src/config/problem.ts";
import { schema } from "../../../src/config/schema.ts";
import { settingKeys } from "../../../src/config/shape.ts";
import { explainUnreadable } from "../../../src/config/unreadable.ts";
import { load, smallest, top, written } from "./written.ts";

function refusal(load: () => unknown): ConfigError {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "nothing was wrong with it" });
}

suite("a configuration that says the least", () => {
  test("has every default", async () => {
    const { folder, file } = await written(smallest);
    const { roles, ...config } = loadConfig(file, {});
    const everyone = ["@*:example.org"];
    assert.deepEqual(config, {
      file,
      settings: config.settings,
      homeserver: { url: "http://127.0.0.1:8008", serverName: "example.org" },
      appservice: {
        listen: { host: "127.0.0.1", port: 9993 },
        registration: join(folder, "registration.yaml"),
        bot: undefined,
        legacyQueryToken: false,
      },
      database: { engine: "sqlite", file: join(folder, "cordon.db") },
      access: {
        administrators: [],
        administratorsRoom: undefined,
        members: everyone,
        declare: everyone,
        commanders: everyone,
      },
      rooms: { version: "12", federate: false, lobbies: [], timeZone: "UTC" },
      severities: {
        sev1: { updateEveryMs: 900_000, updateEveryMitigatedMs: 1_800_000 },
        sev2: { updateEveryMs: 1_800_000, updateEveryMitigatedMs: 3_600_000 },
        sev3: { updateEveryMs: 3_600_000, updateEveryMitigatedMs: 7_200_000 },
        sev4: { updateEveryMs: undefined, updateEveryMitigatedMs: undefined },
      },
      reminders: { againMs: 300_000, taskAnswerMs: 120_000 },
      playbooks: [],
      commands: { prefixes: ["!incident", "!inc"], staleAfterMs: 600_000 },
      archive: {
        folder: join(folder, "archives"),
        copyTo: undefined,
        readableBy: "owner",
        superseded: "remove",
        reviseAfterMs: 60_000,
        signingKey: join(folder, "archive-key"),
        graceMs: 1_800_000,
        maxAttachmentBytes: 50_000_000,
        deniedTypes: [],
      },
      log: { level: "info", format: "json" },
      warnings: [],
    });
    const { definitions: _, ...durations } = roles;
    assert.deepEqual(durations, {
      acceptWithinMs: 300_000,
      silentAfterMs: 600_000,
      vacancyFirstMs: 120_000,
      vacancyAgainMs: 300_000,
    });
    assert.deepEqual(
      [...roles.definitions.values()].map(({ name, holders, level }) => [name, holders, level]),
      [
        ["commander", "one", 60],
        ["deputy", "one", 55],
        ["scribe", "one", 50],
        ["comms", "one", 50],
        ["ops", "many", 20],
        ["responder", "many", 10],
        ["observer", "many", 0],
      ],
    );
  });

  test("may leave sections and what is in them empty", async () => {
    const config = await load(
      `${smallest}rooms:\nplaybooks:\nseverities:\n  sev1:\nroles:\n  definitions:\n`,
    );
    assert.equal(config.rooms.version, "12");
    assert.equal(config.severities.sev1.updateEveryMs, 900_000);
    assert.deepEqual(config.playbooks, []);
  });
});

suite("the sample", () => {
  test("has every key", () => {
    const sample = parseDocument(readFileSync(join(top, "config/cordon.yaml"), "utf8"));
    const missing = settingKeys(schema).filter((key) => !sample.hasIn(key.split(".")));
    // Only one of the two ways to name a database can be set.
    assert.deepEqual(missing, ["database.url_file"]);
  });

  test("sets each to its default", async () => {
    const config = join(top, "config");
    const sample = loadConfig(join(config, "cordon.yaml"), {});
    assert.equal(sample.appservice.registration, join(top, "registration.yaml"));

    const { folder, file } = await written(smallest);
    const { appservice, archive, database, ...least } = loadConfig(file, {});
    assert.equal(database.engine, "sqlite");
    assert.deepEqual(sample, {
      ...least,
      file: sample.file,
      settings: sample.settings,
      // The bot of the sample is that of new installations; who is not named is the sender.
      appservice: { ...appservice, registration: sample.appservice.registration, bot: "cordon" },
      archive: {
        ...archive,
        folder: archive.folder.replace(folder, config),
        signingKey: archive.signingKey.replace(folder, config),
      },
      database: { ...database, file: join(config, "cordon.db") },
    });
  });
});

suite("access and roles", () => {
  test("declare and commanders follow members, roles follow both", async () => {
    const { access, roles } = await load(
      `${smallest}access:\n  members: ["@ops-*:example.org"]\n  commanders: ["@ops-lead:example.org"]\n`,
    );
    assert.deepEqual(access.declare, ["@ops-*:example.org"]);
    assert.deepEqual(roles.definitions.get("deputy")?.eligible, ["@ops-lead:example.org"]);
    assert.deepEqual(roles.definitions.get("scribe")?.eligible, ["@ops-*:example.org"]);
  });

  test("a role that is given changes only what it says", async () => {
    const { roles } = await load(
      `${smallest}roles:\n  definitions:\n    scribe:\n      required: always\n      may_not_also_be: {}\n`,
    );
    assert.deepEqual(roles.definitions.get("scribe"), {
      name: "scribe",
      holders: "one",
      required: "always",
      level: 50,
      excludes: {},
      eligible: ["@*:example.org"],
    });
  });

  test("a new role can post and no more, and an observer cannot have it", async () => {
    const { roles, warnings } = await load(`${smallest}roles:\n  definitions:\n    liaison: {}\n`);
    const { holders, required, level, excludes } =
      roles.definitions.get("liaison") ?? assert.fail("no such role");
    assert.deepEqual(
      { holders, required, level, excludes },
      { holders: "many", required: [], level: 10, excludes: {} },
    );
    assert.equal(roles.definitions.get("observer")?.excludes.liaison, "always");
    assert.deepEqual(warnings, []);
  });

  test("rooms stand for whoever is joined in them, also where nobody else is left", async () => {
    const { access, roles } = await load(
      `${smallest}access:\n  administrators_room: "!adm"\n  commanders: ["#oncall:example.org"]\nroles:\n  definitions:\n    scribe:\n      eligible: ["!writers", "@eve:elsewhere.example"]\n`,
    );
    assert.equal(access.administratorsRoom, "!adm");
    assert.deepEqual(roles.definitions.get("commander")?.eligible, ["#oncall:example.org"]);
    assert.deepEqual(roles.definitions.get("scribe")?.eligible, ["!writers", "@eve:elsewhere.example"]);
  });

  test("rights are those that are given, and absent where none are said", async () => {
    const { roles } = await load(
      `${smallest}roles:\n  definitions:\n    comms:\n      rights: [update, state-impact]\n    observer:\n      rights: []\n`,
    );
    assert.deepEqual(roles.definitions.get("comms")?.rights, ["update", "state-impact"]);
    assert.deepEqual(roles.definitions.get("observer")?.rights, []);
    assert.ok(!Object.hasOwn(roles.definitions.get("commander") ?? assert.fail("no such role"), "rights"));
  });

  test("roles may exclude each other as they like where different people can have them", async () => {
    const excluding = (eligible: string, severity: string) =>
      `${smallest}roles:\n  definitions:\n    scribe:\n      eligible: ["@alice:example.org"]\n    ops:\n      required: [${severity}]\n      eligible: ${eligible}\n`;
    const refused = await written(excluding('["@alice:example.org"]', "sev2"));
    assert.equal(refusal(() => loadConfig(refused.file, {})).problems.length, 1);
    // One more person, a pattern or a room that may mean others, a severity that does not require both.
    await load(excluding('["@alice:example.org", "@bob:example.org"]', "sev2"));
    await load(excluding('["@ali*:example.org"]', "sev2"));
    await load(excluding('["@alice:example.org", "#ops:example.org"]', "sev2"));
    await load(excluding('["@alice:example.org"]', "sev3"));
  });

  test("a role of its own may be as high as the commander", async () => {
    const { roles } = await load(`${smallest}roles:\n  definitions:\n    liaison:\n      level: 60\n`);
    assert.equal(roles.definitions.get("liaison")?.level, 60);
  });

  test("users of other homeservers are fine where rooms reach them", async () => {
    const { access } = await load(
      `${smallest}rooms:\n  federate: true\naccess:\n  members: ["@*:partner.example"]\n`,
    );
    assert.deepEqual(access.members, ["@*:partner.example"]);
  });
});

suite("the address of the database", () => {
  const url = "postgres://cordon:secret@db/cordon";

  test("may stand in a file of its own", async () => {
    const { folder, file } = await written(`${smallest}database:\n  url_file: database.txt\n`);
    writeFileSync(join(folder, "database.txt"), `${url}\n`, { mode: 0o600 });
    assert.deepEqual(loadConfig(file, {}).database, { engine: "postgres", url });
  });

  test("may come from a variable, which has the last word", async () => {
    const text = `${smallest}database:\n  url: sqlite:other.db\n`;
    assert.deepEqual((await load(text, { CORDON_DATABASE_URL: url })).database, { engine: "postgres", url });
    const unset = await load(text, { CORDON_DATABASE_URL: "" });
    assert.equal(unset.database.engine, "sqlite");
  });

  test("is never repeated when it is wrong", async () => {
    const { folder, file } = await written(`${smallest}database:\n  url_file: database.txt\n`);
    writeFileSync(join(folder, "database.txt"), "mysql://cordon:secret@db/cordon", { mode: 0o600 });
    const fromFile = refusal(() => loadConfig(file, {}));
    const fromVariable = refusal(() =>
      loadConfig(file, { CORDON_DATABASE_URL: "mysql://cordon:secret@db/cordon" }),
    );
    assert.match(fromFile.message, /cordon\.yaml:5:13: database\.url_file: names neither/);
    assert.match(fromVariable.message, /^CORDON_DATABASE_URL: names neither/);
    assert.doesNotMatch(`${fromFile.message}${fromVariable.message}`, /secret/);
  });
});

suite("a warning", () => {
  const warnings = ({ warnings }: Config) => warnings.map(formatProblem);
  const exposed = (file: string, can = "read") => [
    `${file}: holds secrets and can be ${can} by other users of this machine; chmod 600 ${file}`,
  ];

  test("is given where others can read a password in the configuration, but for its group", async () => {
    const { file } = await written(`${smallest}database:\n  url: postgres://cordon:secret@db/cordon\n`);
    for (const [mode, can] of [
      [0o644, "read"],
      [0o604, "read"],
      [0o660, "changed"],
      [0o602, "changed"],
      [0o666, "read and changed"],
    ] as const) {
      chmodSync(file, mode);
      assert.deepEqual(warnings(loadConfig(file, {})), exposed(file, can));
    }
    for (const mode of [0o600, 0o640, 0o440, 0o400]) {
      chmodSync(file, mode);
      assert.deepEqual(warnings(loadConfig(file, {})), []);
    }
  });

  test("is given where others can read the file with the address of the database", async () => {
    const { folder, file } = await written(`${smallest}database:\n  url_file: database.txt\n`);
    const secret = join(folder, "database.txt");
    writeFileSync(secret, "sqlite:cordon.db");
    chmodSync(secret, 0o644);
    assert.deepEqual(warnings(loadConfig(file, {})), exposed(secret));
  });

  test("is given for variables that look like settings", async () => {
    const config = await load(smallest, {
      CORDON_DATABSE_URL: "x",
      CORDON_ROOMS_VERSION: "11",
      CORDON_SEVERITIES_SEV1_UPDATE_EVERY: "5m",
      CORDON_CACHE: "x",
      CORDON_SYNAPSE_PYTHON: "x",
      CORDON_TEST_DATABASE_URL: "x",
      CORDON_SOMETHING_ELSE: "x",
      HOME: "x",
    });
    assert.deepEqual(warnings(config), [
      "CORDON_DATABSE_URL: is not a variable that is read; did you mean CORDON_DATABASE_URL",
      "CORDON_ROOMS_VERSION: is not read; only secrets come from variables, write rooms.version in the configuration file",
      "CORDON_SEVERITIES_SEV1_UPDATE_EVERY: is not read; only secrets come from variables, write severities.sev1.update_every in the configuration file",
    ]);
  });

  test("is given for administrators who are no members", async () => {
    const { file } = await written(
      `${smallest}access:\n  members: ["@ops-*:example.org"]\n  administrators: ["@*-root:example.org", "@root:example.org"]\n`,
    );
    assert.deepEqual(warnings(loadConfig(file, {})), [
      `${file}:6:43: access.administrators[1]: means nobody in access.members, and so nobody who could enter an incident; add them there`,
    ]);
  });

  test("is given for a new role that is called almost like another", async () => {
    const { file } = await written(`${smallest}roles:\n  definitions:\n    comander:\n      level: 60\n`);
    assert.deepEqual(warnings(loadConfig(file, {})), [
      `${file}:6:5: roles.definitions.comander: is a new role; did you mean to change commander`,
    ]);
  });
});

suite("a file that cannot be read", () => {
  test("is named with the cure", async () => {
    const { folder, file } = await written(Buffer.from([0x68, 0x6f, 0xff, 0xfe]));
    mkdirSync(join(folder, "etc"));
    const table = [
      [join(folder, "none.yaml"), "there is no such file; cordon init writes one"],
      [join(folder, "etc"), "is a folder; name the file in it"],
      [join(file, "cordon.yaml"), "a part of this path is a file, not a folder; check the path"],
      [file, "is not UTF-8 text; save it as UTF-8"],
    ] as const;
    for (const [path, message] of table) {
      const error = refusal(() => loadConfig(path, {}));
      assert.equal(error.code, "config_unreadable");
      assert.equal(error.message, `${path}: ${message}`);
    }
  });

  test("for lack of rights or for the disk is told apart from a bug", () => {
    const failure = (code: string) => Object.assign(new Error(code), { code });
    assert.match(
      explainUnreadable(failure("EACCES"), ""),
      /^may not be read by the user the service runs as/,
    );
    assert.match(explainUnreadable(failure("EIO"), ""), /^cannot be read \(EIO\)/);
    assert.throws(() => explainUnreadable(new TypeError("a bug"), ""), /a bug/);
  });

  test("begins with a byte order mark and is read all the same", async () => {
    assert.equal((await load(`\uFEFF${smallest}`)).homeserver.serverName, "example.org");
  });
});

test("the page about the configuration names every key", () => {
  const page = renderConfigurationDocs();
  for (const key of settingKeys(schema)) {
    const [section, ...rest] = key.split(".");
    assert.match(page, new RegExp(`^## ${section}$`, "m"));
    if (rest.length > 0) assert.ok(page.includes(`| \`${rest.join(".")}`), key);
  }
});
