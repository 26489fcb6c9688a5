import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import Sqlite from "better-sqlite3";
import { heartbeatRoomOf, installation as installationOf } from "../../src/journal/installation.ts";
import { object } from "../../src/matrix/event.ts";
import { createIntake } from "../../src/matrix/intake.ts";
import { openStore } from "../../src/store/store.ts";
import { asBot } from "../support/bot.ts";
import { runProgram } from "../support/program.ts";
import { newInstallation, reading, startService } from "../support/service.ts";

const installation = await newInstallation();
const { configFile, config } = installation;

/** What `doctor --json` says, by check. */
async function examine() {
  const { code, stdout } = await runProgram("doctor", "--config", configFile, "--json");
  const answer: unknown = JSON.parse(stdout);
  const checks = new Map<unknown, { verdict: unknown; says: unknown; cure: unknown }>();
  const list = object({ answer }, "answer")?.checks;
  for (const each of Array.isArray(list) ? list : []) checks.set(each.check, each);
  const failing = [...checks].filter(([, { verdict }]) => verdict === "fail").map(([check]) => check);
  return { code, checks, failing };
}

async function changed<T>(
  file: string,
  change: (written: string) => string,
  look: () => Promise<T>,
): Promise<T> {
  const before = await readFile(file, "utf8");
  await writeFile(file, change(before));
  try {
    return await look();
  } finally {
    await writeFile(file, before);
  }
}

test("before the first start: the service is missing, and nothing else is wrong", async () => {
  const { code, checks, failing } = await examine();
  assert.deepEqual(failing, ["service"]);
  assert.equal(code, 1);
  assert.equal(checks.get("database")?.verdict, "warn");
  assert.match(String(checks.get("database")?.says), /^not made yet/);
  assert.equal(checks.get("us → homeserver")?.verdict, "ok");
  assert.equal(checks.get("homeserver → us")?.says, "not known: the service does not run");
});

test("beside a service that runs", async (t) => {
  const service = await startService(installation);

  await t.test("all is well, in aligned lines without colour", async () => {
    const { code, stdout } = await runProgram("doctor", "--config", configFile);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(
      lines.filter((line) => !/^ok {4}\S.{16} {2}\S/.test(line)),
      [],
    );
    assert.equal(lines.length, 25);
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\u001b"));
  });

  await t.test("https to a homeserver that speaks plain HTTP", async () => {
    const secure = (written: string) => written.replace(/url: (["']?)http:(.*)/, "url: $1https:$2");
    const { failing, checks } = await changed(configFile, secure, examine);
    assert.deepEqual(failing, ["homeserver"]);
    assert.match(String(checks.get("homeserver")?.says), /plain HTTP is spoken there.*; write http:/);
  });

  await t.test("another Cordon in its place", async () => {
    const other = (written: string) =>
      `${written}\ndatabase:\n  url: sqlite:another.db\n`.replace(/^database:\n.*\n/m, "");
    const another = join(configFile, "../another.db");
    const store = await openStore({ engine: "sqlite", file: another });
    await installationOf(store.db, 1);
    await store.close();
    const { failing, checks } = await changed(configFile, other, examine);
    assert.deepEqual(failing, ["service"]);
    assert.match(String(checks.get("service")?.says), /^another Cordon answers at/);
  });

  await t.test("an as_token that the homeserver does not know", async () => {
    const wrong = (written: string) => written.replace(/as_token: .*/, `as_token: "${"a1".repeat(32)}"`);
    const { failing, checks } = await changed(config.appservice.registration, wrong, examine);
    assert.deepEqual(failing, ["us → homeserver"]);
    assert.match(String(checks.get("us → homeserver")?.cure), /app_service_config_files/);
  });

  await t.test("an id that the homeserver does not know", async () => {
    const wrong = (written: string) => written.replace(/^id: .*/m, "id: another");
    const { failing, checks } = await changed(config.appservice.registration, wrong, examine);
    assert.deepEqual(failing, ["us → homeserver"]);
    assert.match(String(checks.get("us → homeserver")?.says), /under another id/);
  });

  await t.test("a rate limit, and an archive folder that cannot be", async () => {
    const limited = (written: string) => written.replace("rate_limited: false", "rate_limited: true");
    const misplaced = (written: string) => written.replace(/folder: .*/, `folder: ${configFile}/archives`);
    const both = () => changed(configFile, misplaced, examine);
    const { failing } = await changed(config.appservice.registration, limited, both);
    assert.deepEqual(failing, ["rate limit", "archive folder"]);
  });

  await t.test("rooms that the homeserver encrypts", async () => {
    const room = await reading(config, heartbeatRoomOf);
    assert.ok(room);
    await asBot(installation).writeState(room, "m.room.encryption", "", {
      algorithm: "m.megolm.v1.aes-sha2",
    });
    const { failing } = await examine();
    assert.deepEqual(failing, ["encryption"]);
  });

  await service.stop();
});

test("an hs_token that the service does not know", async () => {
  const silent = { warn: () => {}, error: () => {} };
  const intake = createIntake({
    hsToken: "another",
    legacyQueryToken: false,
    accept: async () => {},
    ready: () => ({ ready: true, reasons: [] }),
    log: silent,
  });
  await intake.listen(config.appservice.listen);
  try {
    const { checks } = await examine();
    assert.equal(checks.get("homeserver → us")?.verdict, "fail");
    assert.match(String(checks.get("homeserver → us")?.says), /another hs_token/);
  } finally {
    await intake.close();
  }
});

test("an event that was set aside is named with its reason", async () => {
  const database = new Sqlite(join(configFile, "../cordon.db"));
  const columns = "event_id, room_id, received_at, json, aside";
  database.prepare(`INSERT INTO inbox (${columns}) VALUES ('$odd', NULL, 0, '{}', 'has no sender')`).run();
  database.close();
  const { checks } = await examine();
  assert.equal(checks.get("inbox")?.verdict, "warn");
  assert.deepEqual(checks.get("inbox")?.cure, ["$odd: has no sender"]);
});

test("a broken configuration is told in the same form", async () => {
  const broken = (written: string) => `${written}\nunheard_of: 1\n`;
  const { code, failing } = await changed(configFile, broken, examine);
  assert.deepEqual(failing, ["configuration"]);
  assert.equal(code, 1);
});
