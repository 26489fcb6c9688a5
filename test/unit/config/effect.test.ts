import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { parse } from "yaml";
import type { Config } from "../../../src/config/config.ts";
import { renderConfigurationDocs } from "../../../src/config/docs.ts";
import { changedKeys, effectOf, effects, type SettingKey } from "../../../src/config/effect.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { top, written } from "./written.ts";

/** Another value for every setting than that of `base`; a key that is not here is an error of types. */
const others: Readonly<Record<SettingKey, unknown>> = {
  "homeserver.url": "http://127.0.0.1:8009",
  "homeserver.server_name": "example.com",
  "appservice.listen": 9994,
  "appservice.registration": "other.yaml",
  "appservice.bot": "other",
  "appservice.legacy_query_token": true,
  "database.url": "sqlite:other.db",
  "database.url_file": "address",
  "access.administrators": ["@alice:example.org"],
  "access.administrators_room": "#cordon:example.org",
  "access.members": ["@a*:example.org"],
  "access.declare": ["@alice:example.org"],
  "access.commanders": ["@alice:example.org"],
  "rooms.version": 11,
  "rooms.federate": true,
  "rooms.lobbies": ["#lobby:example.org"],
  "rooms.time_zone": "Europe/Berlin",
  "roles.accept_within": "6m",
  "roles.silent_after": "6m",
  "roles.vacancy_first": "6m",
  "roles.vacancy_again": "6m",
  "roles.definitions": { ops: { level: 30 } },
  "severities.sev1.update_every": "6m",
  "severities.sev1.update_every_mitigated": "none",
  "severities.sev2.update_every": "6m",
  "severities.sev2.update_every_mitigated": "6m",
  "severities.sev3.update_every": "6m",
  "severities.sev3.update_every_mitigated": "6m",
  "severities.sev4.update_every": "6m",
  "severities.sev4.update_every_mitigated": "none",
  "reminders.again": "6m",
  "reminders.task_answer": "6m",
  playbooks: { payments: { version: "1", items: ["Call the desk."] } },
  "commands.prefixes": ["!fire"],
  "commands.stale_after": "6m",
  "archive.folder": "elsewhere",
  "archive.copy_to": "copies",
  "archive.readable_by": "group",
  "archive.superseded": "keep",
  "archive.revise_after": "6m",
  "archive.signing_key": "other-key",
  "archive.grace": "6m",
  "archive.max_attachment": "6MB",
  "archive.deny_types": ["video/*"],
  "log.level": "warn",
  "log.format": "text",
};

const base = {
  homeserver: { url: "http://127.0.0.1:8008", server_name: "example.org" },
};

/** A configuration that says this besides what it has to say. */
async function saying(settings: Readonly<Record<string, unknown>>, folder?: string): Promise<Config> {
  const text = JSON.stringify({ ...base, ...settings });
  if (folder === undefined) return loadConfig((await written(text)).file, {});
  const file = join(folder, "cordon.yaml");
  writeFileSync(file, text);
  return loadConfig(file, {});
}

/** The base with one setting changed. */
function withSetting(key: string, value: unknown): Readonly<Record<string, unknown>> {
  const [section = "", ...rest] = key.split(".");
  const inside: unknown = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  const kept = section === "homeserver" ? base.homeserver : {};
  return { [section]: rest.length === 0 ? value : { ...kept, ...Object(inside) } };
}

suite("a setting that was changed is named, and whether it takes a restart", () => {
  for (const [key, value] of Object.entries(others)) {
    test(key, async () => {
      const { folder } = await written("");
      writeFileSync(join(folder, "address"), "sqlite:another.db", { mode: 0o600 });
      const before = await saying({}, folder);
      const after = await saying(withSetting(key, value), folder);
      const named = changedKeys(before, after);
      assert.equal(named.length, 1, named.join());
      assert.ok(named[0] === key || named[0]?.startsWith(`${key}.`), named.join());
      assert.equal(effectOf(named[0] ?? ""), Reflect.get(effects, key));
      assert.deepEqual(changedKeys(after, await saying(withSetting(key, value), folder)), []);
    });
  }
});

test("every key of the sample file says when it takes effect", () => {
  const sample: unknown = parse(readFileSync(join(top, "config/cordon.yaml"), "utf8"));
  const keysIn = (value: unknown, key: string): readonly string[] =>
    Object.hasOwn(effects, key) || typeof value !== "object" || value === null
      ? [key]
      : Object.entries(value).flatMap(([name, inner]) => keysIn(inner, key === "" ? name : `${key}.${name}`));
  const keys = keysIn(sample, "");
  assert.deepEqual(
    keys.filter((key) => !Object.hasOwn(effects, key)),
    [],
  );
  // All but the file that stands in the place of database.url.
  assert.equal(keys.length, Object.keys(effects).length - 1);
});

test("the documentation says it of every setting", () => {
  const rows = renderConfigurationDocs()
    .split("\n")
    .filter((line) => /^\| `[a-z<]/.test(line) && line.includes(" | at "));
  assert.ok(rows.length >= Object.keys(effects).length);
  assert.match(renderConfigurationDocs(), /\| `format` .* \| at restart +\|/);
  assert.match(renderConfigurationDocs(), /\| `definitions\.<name>\.level` .* \| at reload +\|/);
});

test("what nobody has thought of takes a restart", () => {
  assert.equal(effectOf("rooms.colour"), "restart");
});

suite("what is the same, however it is written", () => {
  test("a path", async () => {
    const { folder } = await written("");
    const one = await saying({ archive: { folder: "archives", signing_key: "archive-key" } }, folder);
    const other = await saying(
      { archive: { folder: "./archives", signing_key: `${folder}/archive-key` } },
      folder,
    );
    assert.deepEqual(changedKeys(one, other), []);
  });

  test("a database, by its address or by a file with it", async () => {
    const { folder } = await written("");
    const address = "postgres://cordon:secret@127.0.0.1/cordon";
    writeFileSync(join(folder, "address"), address, { mode: 0o600 });
    const one = await saying({ database: { url: address } }, folder);
    const other = await saying({ database: { url_file: "address" } }, folder);
    assert.deepEqual(changedKeys(one, other), []);
    writeFileSync(join(folder, "address"), `${address}2`, { mode: 0o600 });
    const moved = await saying({ database: { url_file: "address" } }, folder);
    assert.deepEqual(changedKeys(other, moved), ["database.url_file"]);
  });

  test("a default", async () => {
    const { folder } = await written("");
    assert.deepEqual(
      changedKeys(await saying({}, folder), await saying({ rooms: { version: "12" } }, folder)),
      [],
    );
  });
});

suite("what is not the same, however alike it looks", () => {
  test("none, where a default holds when it is left out", async () => {
    const { folder } = await written("");
    const left = await saying({ severities: { sev1: { update_every: "15m" } } }, folder);
    const none = { sev1: { update_every: "15m", update_every_mitigated: "none" } };
    const key = "severities.sev1.update_every_mitigated";
    assert.deepEqual(changedKeys(left, await saying({ severities: none }, folder)), [key]);
  });

  test("the order of playbooks, in which their tasks are given out", async () => {
    const { folder } = await written("");
    const [a, b] = [1, 2].map((version) => ({ version: `${version}`, items: ["Call the desk."] }));
    const one = await saying({ playbooks: { a, b } }, folder);
    assert.deepEqual(changedKeys(one, await saying({ playbooks: { b, a } }, folder)), ["playbooks"]);
  });

  test("a role that is gone", async () => {
    const { folder } = await written("");
    const one = await saying({ roles: { definitions: { scout: {}, ops: { level: 30 } } } }, folder);
    const other = await saying({ roles: { definitions: { ops: { level: 30 } } } }, folder);
    assert.deepEqual(changedKeys(one, other), ["roles.definitions.scout"]);
  });
});
