import type * as v from "valibot";

/** Any schema, seen from outside: the shape is walked to find unknown keys and to write the documentation. */
export type Schema = v.GenericSchema<unknown, unknown>;

type Section = v.ObjectSchema<v.ObjectEntries, undefined> | v.LooseObjectSchema<v.ObjectEntries, undefined>;
type Table = v.RecordSchema<v.GenericSchema<string, string>, Schema, undefined>;
type List = v.ArraySchema<Schema, undefined>;
type Optional = v.OptionalSchema<Schema, unknown>;

/** A group of keys. */
export interface Group {
  /** The keys that are known in it; none where they are names that the operator chooses. */
  readonly names: readonly string[];
  /** Whether keys that are not known belong to somebody else and are passed over. */
  readonly takesOthers: boolean;
  /** Whether nothing may stand below it, which is as if it were left out. */
  readonly mayBeEmpty: boolean;
}

/** What may stand in a group, or `undefined` where the schema is not that of a group. */
export function keysOf(schema: Schema): Group | undefined {
  const mayBeEmpty = schema.type === "nullish";
  const group = inner(schema);
  const takesOthers = group.type === "loose_object";
  if (isSection(group)) return { names: Object.keys(group.entries), takesOthers, mayBeEmpty };
  return isTable(group) ? { names: [], takesOthers, mayBeEmpty } : undefined;
}

/** The schema of a key of a group or an item of a list, as it is written in the schema around it. */
export function child(schema: Schema, key: string): Schema | undefined {
  const group = inner(schema);
  if (isTable(group)) return group.value;
  if (isList(group)) return group.item;
  if (!isSection(group) || !Object.hasOwn(group.entries, key)) return undefined;
  return group.entries[key];
}

/** A schema without what makes it optional. */
export function inner(schema: Schema): Schema {
  return isOptional(schema) ? inner(schema.wrapped) : schema;
}

/** What is written where a key is left out; `undefined` where there is no such value. */
export function defaultOf(schema: Schema): unknown {
  return isOptional(schema) ? schema.default : undefined;
}

function isOptional(schema: Schema): schema is Optional {
  return schema.type === "optional" || schema.type === "nullish";
}

function isSection(schema: Schema): schema is Section {
  return schema.type === "object" || schema.type === "loose_object";
}

function isList(schema: Schema): schema is List {
  return schema.type === "array";
}

/** A group whose keys are names that the operator chooses. */
export function isTable(schema: Schema): schema is Table {
  return schema.type === "record";
}

/** The keys of all settings below a schema, `rooms.version`, those in groups of chosen names left out. */
export function settingKeys(schema: Schema, prefix = ""): readonly string[] {
  const names = keysOf(schema)?.names;
  if (names === undefined) return [prefix];
  return names.flatMap((name) => {
    const setting = child(schema, name);
    return setting === undefined ? [] : settingKeys(setting, prefix === "" ? name : `${prefix}.${name}`);
  });
}
