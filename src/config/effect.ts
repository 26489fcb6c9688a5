import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config.ts";
import { schema } from "./schema.ts";
import { child, inner, isTable, keysOf, type Schema } from "./shape.ts";

/** When a change of a setting takes effect: as soon as the file is read again, or at the next start only. */
export type Effect = "reload" | "restart";

type Entries<S> = S extends { readonly wrapped: infer Wrapped }
  ? Entries<Wrapped>
  : S extends { readonly entries: infer Inner }
    ? Inner
    : never;

type KeyBelow<S, Prefix extends string> = [Entries<S>] extends [never]
  ? Prefix
  : {
      [Name in keyof Entries<S> & string]: KeyBelow<
        Entries<S>[Name],
        Prefix extends "" ? Name : `${Prefix}.${Name}`
      >;
    }[keyof Entries<S> & string];

/** The key of a setting, `rooms.version`. A group whose names the operator chooses counts as one setting. */
export type SettingKey = KeyBelow<typeof schema, "">;

/**
 * When each setting takes effect. A key that the schema has and this table does not have, or the other way round,
 * is an error of types. What the service is bound to from its start needs a restart: its database, its address,
 * its homeserver, and the folder in which its archives and files lie.
 */
export const effects: Readonly<Record<SettingKey, Effect>> = {
  "homeserver.url": "restart",
  "homeserver.server_name": "restart",
  "appservice.listen": "restart",
  "appservice.registration": "restart",
  "appservice.bot": "restart",
  "appservice.legacy_query_token": "restart",
  "database.url": "restart",
  "database.url_file": "restart",
  "access.administrators": "reload",
  "access.administrators_room": "reload",
  "access.members": "reload",
  "access.declare": "reload",
  "access.commanders": "reload",
  "rooms.version": "reload",
  "rooms.federate": "reload",
  "rooms.lobbies": "reload",
  "rooms.time_zone": "reload",
  "roles.accept_within": "reload",
  "roles.silent_after": "reload",
  "roles.vacancy_first": "reload",
  "roles.vacancy_again": "reload",
  "roles.definitions": "reload",
  "severities.sev1.update_every": "reload",
  "severities.sev1.update_every_mitigated": "reload",
  "severities.sev2.update_every": "reload",
  "severities.sev2.update_every_mitigated": "reload",
  "severities.sev3.update_every": "reload",
  "severities.sev3.update_every_mitigated": "reload",
  "severities.sev4.update_every": "reload",
  "severities.sev4.update_every_mitigated": "reload",
  "reminders.again": "reload",
  "reminders.task_answer": "reload",
  playbooks: "reload",
  "commands.prefixes": "reload",
  "commands.stale_after": "reload",
  "archive.folder": "restart",
  "archive.copy_to": "reload",
  "archive.readable_by": "restart",
  "archive.superseded": "reload",
  "archive.revise_after": "reload",
  "archive.signing_key": "reload",
  "archive.grace": "reload",
  "archive.max_attachment": "reload",
  "archive.deny_types": "reload",
  "log.level": "reload",
  "log.format": "restart",
};

/** When a change of what stands at this key takes effect; inner keys of chosen names included. */
export function effectOf(key: string): Effect {
  const steps = key.split(".");
  for (let length = steps.length; length > 0; length--) {
    const whole = steps.slice(0, length).join(".");
    if (isSettingKey(whole)) return effects[whole];
  }
  // What nobody has thought of is not changed under a running service.
  return "restart";
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(effects, key);
}

/** A setting as it holds, by which one configuration is told from another. */
export interface Held {
  readonly key: string;
  /** Left out where the setting is: `none` is written, and is a value. */
  readonly value?: unknown;
}

/**
 * All settings of a configuration, in the order of the schema. Those in groups of chosen names are there one by one,
 * and after them the names, whose order counts.
 */
export function heldIn(config: Config): readonly Held[] {
  return settingsBelow(schema, config.settings, "");
}

function settingsBelow(known: Schema, value: unknown, key: string): readonly Held[] {
  if (isTable(inner(known))) return itemsOf(value, key);
  const names = keysOf(known)?.names;
  if (names === undefined) return [{ key, value }];
  return names.flatMap((name) => {
    const setting = child(known, name);
    const path = key === "" ? name : `${key}.${name}`;
    if (setting === undefined) return [];
    return isGroup(value) && Object.hasOwn(value, name)
      ? settingsBelow(setting, value[name], path)
      : [{ key: path }];
  });
}

function itemsOf(group: unknown, key: string): readonly Held[] {
  const items = Object.entries(isGroup(group) ? group : {});
  return [
    ...items.map(([name, value]) => ({ key: `${key}.${name}`, value })),
    { key, value: items.map(([name]) => name) },
  ];
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The keys of what is not the same in two configurations, in the order of the schema. Paths and databases count
 * as the same where they come to the same place, however they are written.
 */
export function changedKeys(before: Config, after: Config): readonly string[] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].filter(
    (key) => !isDeepStrictEqual(old.get(key), now.get(key)),
  );
  const changed = keys.filter((key) => !keys.some((other) => other.startsWith(`${key}.`)));
  return changed.map((key) => (key === database ? databaseKey(after) : key));
}

/** Stands for both keys that name the database: which of them does is of no account. */
const database = "database";

function byKey(config: Config): ReadonlyMap<string, Held> {
  const { appservice, archive } = config;
  const places = new Map<string, unknown>([
    ["appservice.registration", appservice.registration],
    ["archive.folder", archive.folder],
    ["archive.copy_to", archive.copyTo],
    ["archive.signing_key", archive.signingKey],
  ]);
  const settings = heldIn(config).map(({ key, ...held }): Held => {
    if (key.startsWith(`${database}.`)) return { key: database, value: config.database };
    return places.has(key) ? { key, value: places.get(key) } : { key, ...held };
  });
  return new Map(settings.map((held) => [held.key, held]));
}

function databaseKey({ settings }: Config): SettingKey {
  return settings.database.url_file === undefined ? "database.url" : "database.url_file";
}
